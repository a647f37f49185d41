/** The languages of our own texts. Personas bring theirs. */
export type Locale = 'en' | 'zh';

/** The language of a locale such as `zh-CN` or `zh_CN.UTF-8`; English when it is not one of ours. */
export function localeOf(name: string | undefined): Locale {
  return /^zh\b|^zh_/i.test(name ?? '') ? 'zh' : 'en';
}

const en = {
  help: [
    '/persona NAME  talk to somebody else',
    '/personas      who there is',
    '/reset         forget this conversation',
    '/stop          stop the reply',
    '/help          this list',
  ].join('\n'),
  personaNow: (name: string) => `${name} is talking to you. /personas lists the others.`,
  personaChanged: (name: string) => `From now on, ${name} is talking to you.`,
  noPersona: (name: string, known: string) => `There is no persona called "${name}". These exist: ${known}.`,
  forgotten: 'Forgotten. We have never met.',
  stopped: 'Stopped.',
  nothingToStop: 'There is nothing to stop.',
  unknownCommand: (word: string, meant?: string) =>
    `There is no /${word}. ${meant ? `Did you mean /${meant}?` : '/help lists what there is.'}`,
  inQueue: (place: number) => `in the queue, place ${place}`,
  remembered: (count: number) => `${count} messages remembered; /reset forgets them.`,
  keys: '/help lists the commands. Ctrl-C stops a reply, Ctrl-D leaves.',
  figures: (seconds: string, speed?: string) => `${seconds} s${speed ? `, ${speed} tokens/s` : ''}`,
  notConnected: 'That did not work',
};

/** Each text that is ours, in one language. */
export type Texts = typeof en;

const zh: Texts = {
  help: [
    '/persona 名字  换一位来聊',
    '/personas      都有谁',
    '/reset         忘掉这段对话',
    '/stop          停止回复',
    '/help          这份清单',
  ].join('\n'),
  personaNow: (name) => `正在和你聊的是${name}。/personas 列出其他人。`,
  personaChanged: (name) => `从现在起，和你聊的是${name}。`,
  noPersona: (name, known) => `没有叫“${name}”的角色。现有：${known}。`,
  forgotten: '忘了。咱们素不相识。',
  stopped: '停了。',
  nothingToStop: '没有什么可停的。',
  unknownCommand: (word, meant) => `没有 /${word} 这个命令。${meant ? `是不是 /${meant}？` : '/help 列出所有命令。'}`,
  inQueue: (place) => `排队中，第 ${place} 位`,
  remembered: (count) => `还记得 ${count} 条消息；/reset 可以忘掉。`,
  keys: '/help 列出命令。Ctrl-C 停止回复，Ctrl-D 离开。',
  figures: (seconds, speed) => `${seconds} 秒${speed ? `，每秒 ${speed} 个词元` : ''}`,
  notConnected: '没有成功',
};

/** The catalogue. */
export const texts: Record<Locale, Texts> = { en, zh };
