/** What a platform's adapter tells `Bot`, and what it gets back: the whole of the border between the two. */
import type { Button, Place } from './surface.ts';
import type { Wish } from './wish.ts';

/** Somebody on a platform. */
export interface Person {
  /** The platform's id of the account. */
  readonly id: string;
  /** As others see it in the chat. */
  readonly name: string;
  /** Another bot. Our own messages never come here. */
  readonly isBot: boolean;
  readonly roles: readonly string[];
  /** Whether the platform lets this person change how a bot behaves here. */
  readonly canManage: boolean;
  /** As the platform names it, e.g. `en-US`. */
  readonly locale?: string;
}

/** Where something is said. */
export interface Whereabouts {
  /** `platform:chat`: what is remembered together. */
  readonly conversation: string;
  readonly channel: string;
  /** The channel of a thread. */
  readonly parentChannel?: string;
  readonly server?: string;
  /** Whether the platform lets adults only in here; undefined where it does not know. */
  readonly adult?: boolean;
  /** Nobody else reads along. */
  readonly direct: boolean;
  /** Where a reply goes. */
  readonly place: Place;
}

/** Something that somebody said. */
export interface Heard {
  /** The platform's id of the message: the same one twice is one message. */
  readonly id: string;
  readonly by: Person;
  readonly at: Whereabouts;
  /** Without the mention of the bot; other mentions as `@name`. */
  readonly text: string;
  /** How it turned to the bot; with `none`, only keywords and channel settings can make it a question. */
  readonly addressed: 'mention' | 'reply' | 'direct' | 'thread' | 'command' | 'context' | 'none';
  /** What it replies to; `own` is a message of the bot. */
  readonly replyTo?: { readonly id: string; readonly name: string; readonly text: string; readonly own: boolean };
  /** What is wanted instead of an answer to `text`. */
  readonly wish?: Wish;
  /** The persona that was asked for this once. */
  readonly persona?: string;
  /** Pictures and files that came along and cannot be read. */
  readonly attachments?: number;
}

/** The commands of a platform; asking is none of them, it goes through `hear`. */
export type BotCommand =
  | 'persona'
  | 'mood'
  | 'reset'
  | 'stop'
  | 'retry'
  | 'continue'
  | 'settings'
  | 'privacy'
  | 'help'
  | 'status';

/** What a person is told, and nobody else. Without a text there is nothing to say. */
export interface Answer {
  readonly text?: string;
}

/** What an adapter calls. No call ever throws: what goes wrong is logged and, where it helps, told. */
export interface Ears {
  hear(message: Heard): Promise<void>;
  /** The text of a message has changed. */
  edited(message: Heard): Promise<void>;
  deleted(where: { readonly conversation: string; readonly ids: readonly string[] }): Promise<void>;
  press(button: Button, jobId: string, by: Person, at: Whereabouts): Promise<Answer>;
  command(name: BotCommand, options: Readonly<Record<string, string>>, by: Person, at: Whereabouts): Promise<Answer>;
  /** Personas whose name begins like `typed`, at most 25. */
  suggest(typed: string): readonly { readonly id: string; readonly name: string }[];
}
