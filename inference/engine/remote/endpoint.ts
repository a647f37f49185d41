import { reasonOf, WisecrackError } from '../../../errors.ts';
import type { Server } from './kind.ts';
import { Busy } from './trouble.ts';

/** So long a server rests after its first failure; twice as long after each further one. */
const REST_MS = 250;
/** After so many failures in a row its circuit is open: it rests longer, and is tried with one request at a time. */
const FAILURES = 3;
const OPEN_MS = 5000;
const LONGEST_MS = 60_000;

/** One server: where it is, what is known about it, and how it has been doing. */
export class Endpoint {
  /** Without `/v1`, e.g. `http://10.0.0.5:8000`. */
  readonly url: string;
  readonly #key: string;
  /** Undefined until it was looked at. */
  server: Server | undefined;
  /** Requests in the making. */
  running = 0;
  /** The last time it was given one, for turns among equals. */
  turn = 0;
  #failures = 0;
  #restsUntil = 0;
  #problem = '';
  #isDown = false;

  constructor(url: string, key = '') {
    this.url = url.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.#key = key;
  }

  /** What has to be hidden wherever the server's words are repeated. */
  get secret(): string {
    return this.#key;
  }

  get headers(): Record<string, string> {
    return this.#key === '' ? {} : { authorization: `Bearer ${this.#key}` };
  }

  /** Why it is not used; empty when it is. */
  get problem(): string {
    return this.#problem;
  }

  /** Whether it could not even be reached the last time: whoever comes back may be another. */
  get isDown(): boolean {
    return this.#isDown;
  }

  at(path: string): URL {
    return new URL(this.url + path);
  }

  /** When it may have another request, by `performance.now()`. Infinity: not before something else happens. */
  readyAt(now: number): number {
    if (!this.server) return Number.POSITIVE_INFINITY;
    if (this.#failures >= FAILURES && this.running > 0) return Number.POSITIVE_INFINITY;
    return Math.max(now, this.#restsUntil);
  }

  /** It answered. */
  well(): void {
    this.#failures = 0;
    this.#restsUntil = 0;
    this.#problem = '';
    this.#isDown = false;
  }

  /** It did not answer as it should: it rests. One that is only busy is not ill. */
  ill(error: unknown, now: number): void {
    this.#problem = reasonOf(error);
    this.#isDown = error instanceof WisecrackError && error.code === 'WISECRACK_REMOTE_UNREACHABLE';
    if (error instanceof Busy) {
      this.#restsUntil = now + Math.min(error.retryAfterMs ?? 1000, LONGEST_MS);
      return;
    }
    this.#failures++;
    const beyond = this.#failures - FAILURES;
    const rest = beyond < 0 ? REST_MS * 2 ** (this.#failures - 1) : Math.min(OPEN_MS * 2 ** beyond, LONGEST_MS);
    this.#restsUntil = now + rest;
  }

  /** It is not what it was taken for: a wrong key, another model. It is not used until it was looked at again. */
  useless(error: unknown): void {
    this.#problem = reasonOf(error);
    this.server = undefined;
  }
}
