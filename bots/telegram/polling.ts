import { setTimeout as sleep } from 'node:timers/promises';
import { createBatchSink, createRunner, createSource } from '@grammyjs/runner';
import { type Api, GrammyError } from 'grammy';
import type { Update } from 'grammy/types';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { Leases } from '../../queue/index.ts';
import type { BotLog } from '../chat/bot/index.ts';
import { grammySignal } from './api.ts';
import { newsWanted } from './events.ts';
import { problemOf } from './problems.ts';

/** How long one call waits for news, in s. */
const WAIT_S = 30;
/** Between two tries while Telegram is away, in ms: at first, and at most. */
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** How long updates that are being heard have when we stop, in ms. */
const FINISH_MS = 5000;

export interface PollingOptions {
  api: Api;
  /** Hears one update. */
  handle: (update: Update) => Promise<void>;
  /** Of several processes one asks for news at a time. Without it, this one must be the only one. */
  leases: Leases | undefined;
  /** The lease's name: one for each bot. */
  name: string;
  log: BotLog;
  /** Called once when Telegram does not know the bot any more. */
  onEnd: (error: WisecrackError) => void;
}

/**
 * Asks Telegram for news, and again and again until closed. To ask for the next ones tells Telegram that the last ones were
 * heard: so it is asked only when all of them have been, and what a killed process had not heard comes again.
 */
export class Polling {
  readonly #options: PollingOptions;
  readonly #closed = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: PollingOptions) {
    this.#options = options;
    this.#running = this.#run().catch((error) => this.#fail(error));
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { leases, name, log } = this.#options;
    const { signal } = this.#closed;
    while (!signal.aborted) {
      const lease = await leases?.take(name, { signal });
      log.info({}, 'this process asks Telegram for news');
      try {
        await this.#pollUntil(lease ? AbortSignal.any([signal, lease.lost]) : signal);
      } finally {
        await lease?.release();
      }
    }
  }

  async #pollUntil(stop: AbortSignal): Promise<void> {
    const { handle, log, api } = this.#options;
    const news = new News(this.#options);
    let heard = true;
    const sink = createBatchSink<Update, unknown>({ consume: handle }, async (error) => {
      log.warn({ error: reasonOf(error) }, 'an update of Telegram failed');
    });
    const source = createSource<Update>({ supply: (_, signal) => news.next(signal as AbortSignal) });
    const runner = createRunner(source, sink);
    runner.start();
    const over = runner.task() ?? Promise.resolve();
    const stopped = new Promise<void>((resolve) => {
      if (stop.aborted) resolve();
      stop.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([over, stopped]);
    const ended = runner.stop() ?? over;
    const late = new AbortController();
    await Promise.race([
      ended,
      sleep(FINISH_MS, undefined, { signal: late.signal }).then(
        () => {
          heard = false;
        },
        () => {},
      ),
    ]);
    late.abort();
    // Told now, so that the next process does not hear it again. It may: it is only work.
    if (heard && news.offset > 0) {
      await api.getUpdates({ offset: news.offset, limit: 1, timeout: 0 }).catch(() => {});
    }
  }

  #fail(error: unknown): void {
    if (this.#closed.signal.aborted) return;
    const { log, onEnd } = this.#options;
    log.warn({ error: reasonOf(error) }, 'Telegram is asked for news no more');
    onEnd(error instanceof WisecrackError ? error : lost(error));
  }
}

/** The updates, batch by batch. */
class News {
  readonly #options: PollingOptions;
  /** The first update that has not come yet. */
  offset = 0;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  /** @throws WisecrackError WISECRACK_TELEGRAM_TOKEN_INVALID; whatever, when aborted. */
  async next(signal: AbortSignal): Promise<Update[]> {
    const { api, log } = this.#options;
    const query = { offset: this.offset, timeout: WAIT_S, allowed_updates: newsWanted };
    for (let pause = PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      try {
        const updates = await api.getUpdates(query, grammySignal(signal));
        const last = updates.at(-1);
        if (last) this.offset = last.update_id + 1;
        return updates;
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof GrammyError && [401, 404].includes(error.error_code)) {
          throw new WisecrackError('WISECRACK_TELEGRAM_TOKEN_INVALID');
        }
        const { message, retryAfterMs } = problemOf(error, 'edit');
        const waitMs = Math.max(pause, retryAfterMs);
        const other = error instanceof GrammyError && error.error_code === 409;
        log.warn({ error: message, waitMs }, other ? 'somebody else asks for news with this token' : 'no news came');
        await untilAborted(waitMs, signal);
      }
    }
  }
}

/** The runner's signals are of a package of their own, which Node's timers do not take. */
function untilAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}

const lost = (error: unknown) => new WisecrackError('WISECRACK_TELEGRAM_UNREACHABLE', { reason: reasonOf(error) });
