import type { Language } from '../../personas/schema.ts';

interface Words {
  /** The frame of a persona that brings none; `{name}` is the persona's name. */
  readonly frame: string;
  /** Who asks in the examples: the same for every chat, or the static part would differ between them. */
  readonly friend: string;
  /** A writer whose name has no usable letter. */
  readonly someone: string;
  /** How the next headline is asked for. */
  readonly next: string;
  /** What stands before the summary. */
  readonly earlier: string;
}

/** The few words of the window that are ours. Those that stand where a name could are reserved in personas/name.ts. */
export const words: Record<Language, Words> = {
  en: {
    frame:
      'The log of a group chat. People write whatever is on their mind; {name} answers each of them in one or two sentences, always in character, never at a loss for a remark.',
    friend: 'Friend',
    someone: 'Someone',
    next: 'And what else?',
    earlier: 'Earlier',
  },
  zh: {
    frame: '这是一段群聊记录。大家想到什么说什么，{name}一一作答，每次只说一两句，性格始终如一，从不冷场。',
    friend: '朋友',
    someone: '有人',
    next: '还有呢？',
    earlier: '此前',
  },
};

/** Parts the examples from the profile and the chat from the examples. */
export const SEPARATOR = '***';
/** How notes that are put into the chat begin. */
export const NOTE = '[note:';
