import type { Logger } from 'pino';
import type { WebChat } from '../../bots/web/index.ts';
import type { Tokenizer } from '../../inference/engine/engine.ts';
import type { PersonaStore } from '../../personas/index.ts';
import type { Queue } from '../../queue/index.ts';
import type { PersonaFiles } from '../personas/files.ts';
import type { Chatters } from './auth/chatters.ts';
import type { Seal } from './auth/seal.ts';
import type { Sessions } from './auth/sessions.ts';
import type { Board } from './live/board.ts';
import type { Streams } from './live/streams.ts';
import type { LogTail } from './live/tail.ts';

/** What lays out prompts: the model's tokenizer, and its context in tokens. */
export interface WindowParts {
  tokenizer: Tokenizer;
  context: number;
}

/** What all routes share. */
export interface Context {
  queue: Queue;
  personas: PersonaStore;
  files: PersonaFiles;
  /** Opened when it is first asked for. */
  window: () => Promise<WindowParts>;
  sessions: Sessions;
  seal: Seal;
  /** The chat of the web, and who may. */
  chat: WebChat;
  chatters: Chatters;
  board: Board;
  tail: LogTail;
  streams: Streams;
  /** Where the page is, as people reach it. */
  url: () => string;
  /** Hears Telegram's calls; undefined while no bot wants them. */
  telegram: () => TelegramHandler | undefined;
  log: Logger;
}

/** Takes an update and the secret that came with it; gives an HTTP status. */
export type TelegramHandler = (update: unknown, secret: unknown) => Promise<number>;
