import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** So many requests in so many milliseconds. */
export interface Limit {
  readonly requests: number;
  readonly perMs: number;
}

export const defaultLimits = {
  'message-create': { requests: 5, perMs: 5000 },
  'message-edit': { requests: 5, perMs: 5000 },
  'message-delete': { requests: 5, perMs: 1000 },
  typing: { requests: 5, perMs: 5000 },
  reaction: { requests: 5, perMs: 1000 },
  webhook: { requests: 5, perMs: 2000 },
  interaction: { requests: 5, perMs: 2000 },
  other: { requests: 50, perMs: 1000 },
  global: { requests: 50, perMs: 1000 },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof defaultLimits;

interface Window {
  used: number;
  endsAt: number;
}

/** What a request is told about its limit, and, when it is over it, for how long. */
export interface Verdict {
  readonly headers: Record<string, string>;
  readonly limited?: { readonly retryAfterMs: number; readonly global: boolean };
}

/** A client's timer may fire this much early. */
const TOLERANCE_MS = 5;

/** Rate limits as Discord has them: a window for each bucket and major parameter, and one over all. */
export class Limits {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();
  readonly #limits: Record<LimitName, Limit>;
  /** Until when somebody was told to keep away. */
  readonly #told = new Map<string, number>();
  /** How many requests were answered 429. */
  refused = 0;
  /** How many requests came while they had been told to wait. */
  violations = 0;

  constructor(clock: Clock, limits: Partial<Record<LimitName, Limit>>) {
    this.#clock = clock;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** Changes a limit from now on. */
  set(name: LimitName, limit: Limit): void {
    this.#limits[name] = limit;
    for (const key of this.#windows.keys()) if (key.startsWith(`${name}|`)) this.#windows.delete(key);
  }

  /**
   * Counts a request.
   *
   * @param route - method and pattern, e.g. `POST /channels/:channel/messages`.
   * @param major - the channel, guild or webhook that it is about.
   */
  take(name: LimitName, route: string, major: string, { global = true } = {}): Verdict {
    const key = bucketKey(name, route, major);
    const now = this.#clock.now();
    this.#notice(key, now);
    if (global) this.#notice('global', now);
    const cooling = this.#coolingOff(key, now);
    const limit = this.#limits[name];
    const window = this.#window(key, limit, now);
    if (cooling > 0)
      return this.refuse(key, cooling, headers(limit, { used: limit.requests, endsAt: now + cooling }, now, key));
    if (global) {
      const all = this.#window('global', this.#limits.global, now);
      const wait = Math.max(
        this.#coolingOff('global', now),
        all.used >= this.#limits.global.requests ? all.endsAt - now : 0,
      );
      if (wait > 0) return this.refuse('global', wait, {});
      all.used++;
    }
    if (window.used >= limit.requests) return this.refuse(key, window.endsAt - now, headers(limit, window, now, key));
    window.used++;
    return { headers: headers(limit, window, now, key) };
  }

  /** Tells a client to wait, and remembers it. */
  refuse(key: string, retryAfterMs: number, head: Record<string, string> = {}): Verdict {
    this.refused++;
    this.#told.set(key, this.#clock.now() + retryAfterMs);
    const global = key === 'global';
    return {
      limited: { retryAfterMs, global },
      headers: {
        ...head,
        ...(global && { 'X-RateLimit-Global': 'true' }),
        'X-RateLimit-Scope': global ? 'global' : 'user',
        'Retry-After': String(Math.ceil(retryAfterMs / 1000)),
      },
    };
  }

  #notice(key: string, now: number): void {
    if (this.#coolingOff(key, now) > TOLERANCE_MS) this.violations++;
  }

  #coolingOff(key: string, now: number): number {
    return Math.max(0, (this.#told.get(key) ?? 0) - now);
  }

  #window(key: string, limit: Limit, now: number): Window {
    const known = this.#windows.get(key);
    if (known && known.endsAt > now) return known;
    const fresh = { used: 0, endsAt: now + limit.perMs };
    this.#windows.set(key, fresh);
    return fresh;
  }
}

/** Routes without a limit of their own are each a bucket too. */
export function bucketKey(name: LimitName, route: string, major: string): string {
  return name === 'other' ? `other|${route}|${major}` : `${name}|${major}`;
}

function headers(limit: Limit, window: Window, now: number, key: string): Record<string, string> {
  const bucket = key.slice(0, key.lastIndexOf('|'));
  return {
    'X-RateLimit-Limit': String(limit.requests),
    'X-RateLimit-Remaining': String(Math.max(0, limit.requests - window.used)),
    'X-RateLimit-Reset': (window.endsAt / 1000).toFixed(3),
    'X-RateLimit-Reset-After': ((window.endsAt - now) / 1000).toFixed(3),
    'X-RateLimit-Bucket': createHash('sha1').update(bucket).digest('hex').slice(0, 32),
  };
}
