import { type Problem, problem } from '../problems.ts';
import type { Update, UpdateQueue } from './queue.ts';

export interface PollOptions {
  readonly offset: number;
  readonly limit: number;
  /** Seconds of real time. */
  readonly timeout: number;
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal;
}

/** Long polling for one consumer: a second one ends the first. */
export class Poll {
  readonly #queue: UpdateQueue;
  #waiting: { end(why: Problem | undefined): void } | undefined;
  /** How many requests were ended by another. */
  conflicts = 0;

  constructor(queue: UpdateQueue) {
    this.#queue = queue;
  }

  /** Whether somebody waits for updates. */
  get open(): boolean {
    return this.#waiting !== undefined;
  }

  /** Gives what is there, or waits for it. @throws ApiError 409 when another consumer comes. */
  async next({ offset, limit, timeout, signal }: PollOptions): Promise<readonly Update[]> {
    this.end('otherGetUpdates');
    this.#queue.confirm(offset);
    if (this.#queue.pending.length > 0 || timeout === 0) return this.#queue.take(limit);
    await new Promise<void>((resolve, reject) => {
      const waiting = {
        end: (why: Problem | undefined) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', gone);
          if (this.#waiting === waiting) this.#waiting = undefined;
          if (why) reject(problem(why));
          else resolve();
        },
      };
      const gone = () => waiting.end(undefined);
      const timer = setTimeout(gone, timeout * 1000);
      signal.addEventListener('abort', gone);
      this.#waiting = waiting;
    });
    return signal.aborted ? [] : this.#queue.take(limit);
  }

  /** Something has come. */
  wake(): void {
    this.#waiting?.end(undefined);
  }

  /** Ends the request that waits, with an error. */
  end(why: Problem): void {
    if (!this.#waiting) return;
    this.conflicts++;
    this.#waiting.end(why);
  }
}
