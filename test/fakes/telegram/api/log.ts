import { type Asked, compile, type Matcher } from '../faults.ts';

/** A request and what became of it. */
export interface Logged extends Asked {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0 while it has no answer. */
  status: number;
  /** What Telegram says of an error. */
  description?: string;
}

/** The last requests, so that a test can ask what was asked. */
export class RequestLog {
  readonly #most: number;
  readonly list: Logged[] = [];
  /** How many have come in all. */
  total = 0;
  /** How many are waiting for their answer, long polls aside. */
  open = 0;
  /** When the last one came that is no long poll. */
  lastAt = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(request: Logged): void {
    this.total++;
    if (request.method !== 'getUpdates') this.lastAt = performance.now();
    this.list.push(request);
    if (this.list.length > this.#most) this.list.shift();
  }

  /** Those that a matcher fits. */
  of(matcher: Matcher): Logged[] {
    return this.list.filter(compile(matcher));
  }
}
