import { join } from 'node:path';
import type { Logger } from 'pino';
import type { WebChat } from '../../bots/web/index.ts';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { PersonaStore } from '../../personas/index.ts';
import type { Queue } from '../../queue/index.ts';
import { packageRoot } from '../../root.ts';
import { PersonaFiles, type PersonaFolders } from '../personas/files.ts';
import { openApp } from './app.ts';
import { Chatters } from './auth/chatters.ts';
import { isLoopback } from './auth/origin.ts';
import { openSeal } from './auth/seal.ts';
import { Sessions } from './auth/sessions.ts';
import { openSetup } from './auth/setup.ts';
import type { Context, TelegramHandler, WindowParts } from './context.ts';
import { Gate } from './http/gate.ts';
import { Board } from './live/board.ts';
import { startSampler } from './live/sampler.ts';
import { Streams } from './live/streams.ts';
import { LogTail } from './live/tail.ts';

export interface AdminOptions {
  queue: Queue;
  personas: PersonaStore;
  /** What the page /chat talks to. */
  chat: WebChat;
  folders: PersonaFolders;
  /** The model's tokenizer and context, for prompts and the token bar. Asked for when it is first needed. */
  window: () => Promise<WindowParts>;
  /** Our folder: holds the key that seals TOTP secrets. */
  home: string;
  /** Where to listen. Anything but loopback is reachable by others, and needs `url`. */
  host: string;
  /** 0: any that is free. */
  port: number;
  /** The address under which people reach it, where that is another one (a proxy, a name). */
  url?: string;
  /** The folder of the built page. Default: dist/admin-web. */
  page?: string;
  version: string;
  log: Logger;
}

export interface Admin {
  /** Where the page is. */
  readonly url: string;
  /** The one-time link that creates the owner, as long as there is none. */
  readonly setupLink: string | undefined;
  /** Who hears Telegram's calls; until somebody does, Telegram is asked to call again. */
  telegram: TelegramHandler | undefined;
  close(): Promise<void>;
}

/** Starts the dashboard. @throws WisecrackError WISECRACK_ADMIN_EXPOSED, WISECRACK_ADMIN_PORT_TAKEN */
export async function startAdmin(options: AdminOptions): Promise<Admin> {
  const { queue, personas, chat, folders, host, port, url: known, log, version } = options;
  // Without an address of ours, each name that leads a browser here would have to do: a foreign page could act for whoever is logged in.
  if (known === undefined && !isLoopback(host)) throw new WisecrackError('WISECRACK_ADMIN_EXPOSED', { host });
  const onError = (error: unknown) => log.warn({ error: reasonOf(error) }, 'the dashboard has trouble with Redis');
  const secure = known?.startsWith('https:') ?? false;
  const sessions = new Sessions(queue.accounts, secure);
  const chatters = new Chatters(queue.guests, secure);
  const parts = {
    streams: new Streams(sessions, chatters),
    board: new Board(queue, onError),
    tail: new LogTail(queue, onError),
  };
  let url = known ?? '';
  let telegram: TelegramHandler | undefined;
  const context: Context = {
    ...{ queue, personas, chat, sessions, chatters, log, ...parts },
    files: new PersonaFiles(folders, personas, queue.versions, queue.savedPersonas),
    window: once(options.window),
    seal: openSeal(options.home),
    url: () => url,
    telegram: () => telegram,
  };
  const app = await openApp({
    context,
    gate: new Gate({ sessions, chatters, url: known }),
    page: options.page ?? join(packageRoot(), 'dist/admin-web'),
    secure,
    behindProxy: known !== undefined,
    version,
  });
  const listening = await app.listen({ host, port }).catch(async (error) => {
    parts.streams.close();
    await app.close();
    throw new WisecrackError('WISECRACK_ADMIN_PORT_TAKEN', { host, port, reason: reasonOf(error) });
  });
  url ||= listening;
  // A process may have died between a rule and what it asks of the queue.
  await queue.rules.applyPause();
  const sampler = startSampler(queue, onError);
  return {
    url,
    setupLink: await openSetup(queue.accounts, url),
    get telegram() {
      return telegram;
    },
    set telegram(handler) {
      telegram = handler;
    },
    async close() {
      parts.streams.close();
      parts.board.close();
      parts.tail.close();
      await app.close();
      await sampler.close();
    },
  };
}

/** Opens it once; what failed is tried again. */
function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined;
  return () => {
    opened ??= open().catch((error) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}
