import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from './store.ts';
import type { Lease, Leases } from './types.ts';

const LEASE_MS = 10_000;
/** How often somebody who waits looks again, in ms: never more often than a tenth of the lease. */
const LOOK_MS = 1000;

/** What only one process may do at a time. */
export function openLeases({ run, keys, onError }: Pick<Store, 'run' | 'keys' | 'onError'>): Leases {
  return {
    take: async (name, { leaseMs = LEASE_MS, signal } = {}) => {
      const key = keys.lease(name);
      const token = randomUUID();
      const take = async () => (await run('take-lease', [key], [token, leaseMs])) === 1;
      for (;;) {
        signal?.throwIfAborted();
        const at = performance.now();
        if (await take()) {
          const lease = new HeldLease({
            take,
            release: () => run('release-lease', [key], [token]),
            leaseMs,
            at,
            onError,
          });
          if (!signal?.aborted) return lease;
          await lease.release();
        } else {
          await sleep(Math.min(LOOK_MS, leaseMs / 10), undefined, { ...(signal && { signal }) });
        }
      }
    },
  };
}

interface HeldOptions {
  take: () => Promise<boolean>;
  release: () => Promise<unknown>;
  leaseMs: number;
  /** When it was asked for, in the clock of `performance.now()`: it may have begun as early as that. */
  at: number;
  onError: (error: unknown) => void;
}

class HeldLease implements Lease {
  readonly #options: HeldOptions;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #until: number;
  #renewing = false;

  constructor(options: HeldOptions) {
    this.#options = options;
    this.#until = options.at + options.leaseMs;
    this.#timer = setInterval(() => void this.#renew(), options.leaseMs / 5).unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#lose();
    await this.#options.release();
  }

  async #renew(): Promise<void> {
    const { take, leaseMs, onError } = this.#options;
    // While Redis is away, a renewal waits; the lease does not. One tick early: better nobody than two.
    if (performance.now() > this.#until - leaseMs / 5) return this.#lose();
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const at = performance.now();
      if (await take()) this.#until = at + leaseMs;
      else this.#lose();
    } catch (error) {
      onError(error);
    } finally {
      this.#renewing = false;
    }
  }

  #lose(): void {
    clearInterval(this.#timer);
    this.#lost.abort();
  }
}
