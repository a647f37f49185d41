import type { Clock } from '../clock.ts';
import { tooMany } from './problems.ts';

/** So many requests in any span of so many milliseconds. */
export interface Limit {
  readonly requests: number;
  readonly perMs: number;
}

/** What Telegram says of its limits, and for drafts a guess: it names no number. */
export const defaultLimits = {
  /** Messages and edits in one private chat: one a second, five at once. */
  private: { requests: 5, perMs: 5000 },
  /** Messages and edits in one group. */
  group: { requests: 20, perMs: 60_000 },
  /** Frames of drafts in one chat. */
  draft: { requests: 30, perMs: 10_000 },
  /** Messages, edits and drafts in all chats. */
  overall: { requests: 30, perMs: 1000 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof defaultLimits;

/** A client's timer may fire this much early. */
const TOLERANCE_MS = 5;

/** Flood limits on the fake's clock: one for each chat, and one over all. */
export class Limits {
  readonly #clock: Clock;
  readonly #limits: Record<LimitName, Limit>;
  /** When the requests came that still count, by key. */
  readonly #times = new Map<string, number[]>();
  /** Until when somebody was told to keep away, by key. */
  readonly #told = new Map<string, number>();
  /** How many requests were answered 429. */
  refused = 0;
  /** How many requests came within the `retry_after` that they had been told. */
  violations = 0;

  constructor(clock: Clock, limits: Partial<Record<LimitName, Limit>>) {
    this.#clock = clock;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Changes a limit from now on, and forgets what came before. */
  set(name: LimitName, limit: Limit): void {
    this.#limits[name] = limit;
    for (const key of this.#times.keys()) if (key.startsWith(name)) this.#times.delete(key);
  }

  /** Counts a request. @throws ApiError 429 when it is one too many, or was told to keep away. */
  spend(name: Exclude<LimitName, 'overall'>, chat: number): void {
    const now = this.#clock.now();
    const keys: [LimitName, string][] = [
      [name, `${name} ${chat}`],
      ['overall', 'overall'],
    ];
    const told = Math.max(this.#left(`told ${chat}`, now), this.#left('overall', now));
    if (told > TOLERANCE_MS) {
      this.violations++;
      throw this.#refuse(told);
    }
    for (const [limit, key] of keys) {
      const wait = this.#wait(limit, key, now);
      if (wait > 0) throw this.tell(limit === 'overall' ? 'overall' : chat, Math.ceil(wait / 1000));
    }
    for (const [, key] of keys) this.#times.get(key)?.push(now);
  }

  /** Tells a client to keep away from a chat, or from all, and remembers it. @returns the error to answer with. */
  tell(chat: number | 'overall', seconds: number): Error {
    this.#told.set(chat === 'overall' ? chat : `told ${chat}`, this.#clock.now() + seconds * 1000);
    return this.#refuse(seconds * 1000);
  }

  #refuse(ms: number): Error {
    this.refused++;
    return tooMany(Math.max(1, Math.ceil(ms / 1000)));
  }

  #left(key: string, now: number): number {
    return Math.max(0, (this.#told.get(key) ?? 0) - now);
  }

  /** How long until one more would fit. */
  #wait(name: LimitName, key: string, now: number): number {
    const { requests, perMs } = this.#limits[name];
    const times = (this.#times.get(key) ?? []).filter((at) => at > now - perMs);
    this.#times.set(key, times);
    if (times.length < requests) return 0;
    return (times[times.length - requests] ?? now) + perMs - now;
  }
}
