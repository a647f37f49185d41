import type { BotCommand, BotCommandScope, LanguageCode } from 'grammy/types';

/** What Telegram's menu shows, in English and Chinese. */
const said = {
  start: ['Say hello, and choose who talks', '打个招呼，选一位来聊'],
  ask: ['Ask me, with the question behind it', '提问，问题写在后面'],
  catchup: ['What you missed; 50, 2h or 14:30 behind it', '补上你错过的；后面可写 50、2h 或 14:30'],
  news: ['The headlines, or those about a topic', '新闻标题，或某个话题的'],
  persona: ['Who talks to you', '谁来和你聊'],
  mood: ['What mood I am in', '我的心情'],
  reset: ['Forget what was said here', '忘掉这里说过的话'],
  stop: ['Stop my answer', '停下我的回答'],
  retry: ['Answer me once more', '再答一次'],
  continue: ['Go on where you stopped', '从停下的地方接着说'],
  settings: ['How I behave here', '我在这里的规矩'],
  privacy: ['What I keep of you', '我存了你的什么'],
  help: ['What I can do', '我会什么'],
  status: ['How busy it is', '忙不忙'],
} as const satisfies Record<string, readonly [en: string, zh: string]>;

type MenuName = keyof typeof said;

/** Commands that the persona answers. */
const questions = ['ask', 'catchup', 'news'] as const;

export type QuestionName = (typeof questions)[number];

/** A command of ours that is no question. */
export type CommandName = Exclude<MenuName, QuestionName>;

/** Whether a word is a command of ours that is a question like any other. */
export const isQuestion = (word: string): word is QuestionName => questions.some((name) => name === word);

/** Whether a word is another command of ours. */
export const isCommand = (word: string): word is CommandName => !isQuestion(word) && Object.hasOwn(said, word);

const everywhere = [
  'ask',
  'catchup',
  'news',
  'persona',
  'mood',
  'reset',
  'stop',
  'retry',
  'continue',
  'privacy',
  'help',
  'status',
] as const;

const menus: readonly [scope: BotCommandScope['type'] & `all_${string}`, names: readonly MenuName[]][] = [
  ['all_private_chats', ['start', ...everywhere, 'settings']],
  ['all_group_chats', everywhere],
  ['all_chat_administrators', [...everywhere, 'settings']],
];

/** One menu, as it is told to Telegram. */
export interface Menu {
  readonly scope: BotCommandScope;
  /** None: for everybody whose language has no menu of its own. */
  readonly language_code?: LanguageCode;
  readonly commands: readonly BotCommand[];
}

export const definitions: readonly Menu[] = menus.flatMap(([type, names]) => {
  const scope = { type } as BotCommandScope;
  const commandsIn = (at: 0 | 1) => names.map((command) => ({ command, description: said[command][at] }));
  return [
    { scope, commands: commandsIn(0) },
    { scope, language_code: 'zh', commands: commandsIn(1) },
  ];
});
