import type { Locale } from '../chat/index.ts';

/** What only Telegram shows of ours, in one language. */
export interface TelegramTexts {
  /** Below a persona's greeting, above the menu. */
  whoElse: string;
  /** Above the menu of personas. */
  whoTalks: string;
  earlier: string;
  later: string;
  /** Below what is set, above the menu. */
  settingsHow: string;
  secondWaits: string;
  secondInterrupts: string;
  allOn: string;
  allOff: string;
  botsOn: string;
  botsOff: string;
  erase: string;
  /** Inline mode: nothing was asked yet, the answer is not there yet, there is none. */
  inlineAsk: string;
  inlineWait: string;
  inlineFailed: string;
  failed: string;
  done: string;
  /** A button below a message of which nothing is known any more. */
  tooOld: string;
}

const en: TelegramTexts = {
  whoElse: 'Somebody else instead?',
  whoTalks: 'Who shall talk to you from now on?',
  earlier: '‹ Back',
  later: 'More ›',
  settingsHow:
    'The rest is set in words: `/settings persona NAME`, `/settings keywords one, two`, `/settings retention DAYS`, ' +
    '`/settings block user NUMBER` (or `allow`; `remove` at the end takes it back), `/settings listen on`, `/settings nsfw on`, ' +
    '`/settings blocked-input one, two` (or `blocked-output`).',
  secondWaits: 'A second question waits',
  secondInterrupts: 'It interrupts',
  allOn: 'Answer everything',
  allOff: 'Only when called',
  botsOn: 'Answer bots',
  botsOff: 'Ignore bots',
  erase: 'Erase what is kept of me',
  inlineAsk: 'Type a question',
  inlineWait: 'Still thinking: add a space to look again',
  inlineFailed: 'No answer this time: ask in the chat',
  failed: 'That went wrong. Once more, please.',
  done: 'Done.',
  tooOld: 'That was too long ago for this button.',
};

const zh: TelegramTexts = {
  whoElse: '换一位？',
  whoTalks: '以后让谁和你聊？',
  earlier: '‹ 上一页',
  later: '下一页 ›',
  settingsHow:
    '其余的用文字设置：`/settings persona 名字`、`/settings keywords 词, 词`、`/settings retention 天数`、' +
    '`/settings block user 编号`（或 `allow`；末尾加 `remove` 取消）、`/settings listen on`、`/settings nsfw on`、' +
    '`/settings blocked-input 词, 词`（或 `blocked-output`）。',
  secondWaits: '第二个问题等着',
  secondInterrupts: '第二个问题打断',
  allOn: '每条都回答',
  allOff: '叫了才回答',
  botsOn: '回答机器人',
  botsOff: '不理机器人',
  erase: '删掉我的数据',
  inlineAsk: '输入一个问题',
  inlineWait: '还在想：加个空格再看看',
  inlineFailed: '这次没有回答：到聊天里问吧',
  failed: '出错了，请再来一次。',
  done: '好了。',
  tooOld: '隔得太久，这个按钮不管用了。',
};

export const texts: Record<Locale, TelegramTexts> = { en, zh };
