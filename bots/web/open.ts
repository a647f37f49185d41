import type { Queue } from '../../queue/index.ts';
import { Bot, type BotLog } from '../chat/bot/index.ts';
import type { Pace } from '../chat/delivery/index.ts';
import type { PersonaSource } from '../chat/index.ts';
import { WebChat } from './chat.ts';
import { WebSurface } from './surface.ts';

/** Our own pages take all that comes: often enough that a reply seems to be written. */
const PACE: Partial<Pace> = { gapMs: 120, longestGapMs: 1000, firstMs: 150, patienceMs: 700, typingMs: 4000 };

export interface OpenWebChatOptions {
  queue: Queue;
  personas: PersonaSource;
  /** The persona that answers where nobody has chosen one. */
  persona: string;
  log: BotLog;
  pace?: Partial<Pace>;
}

export interface OpenedWebChat {
  readonly chat: WebChat;
  readonly bot: Bot;
  /** Hands running replies to the next process. */
  close(): Promise<void>;
}

/** Opens the web chat, and goes on with the replies of a process that died. */
export async function openWebChat({ pace, ...options }: OpenWebChatOptions): Promise<OpenedWebChat> {
  const { queue, persona } = options;
  const bot = new Bot({ ...options, surface: new WebSurface(queue.shown), pace: { ...PACE, ...pace } });
  await bot.resume();
  return { chat: new WebChat({ queue, ears: bot, persona }), bot, close: () => bot.close() };
}
