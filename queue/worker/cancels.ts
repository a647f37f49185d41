import type { Redis } from 'ioredis';
import type { Store } from '../store.ts';

/**
 * Hears which replies are cancelled. Pub/sub, because it must be quick; and since a message is lost while the connection
 * is, the flags in the records of the running jobs are read again after each reconnection.
 */
export class Cancels {
  readonly #store: Store;
  readonly #connection: Redis;

  /** `running`: the ids of the jobs that run here. `cancel` is called for each that is cancelled, perhaps twice. */
  constructor(store: Store, running: () => string[], cancel: (jobId: string) => void) {
    this.#store = store;
    this.#connection = store.connect();
    this.#connection.on('message', (_, jobId) => cancel(jobId));
    this.#connection.on('ready', () => this.#recheck(running(), cancel).catch(store.onError));
  }

  /** Resolves when cancels are heard. */
  async ready(): Promise<void> {
    await this.#connection.subscribe(this.#store.keys.cancels);
  }

  close(): void {
    this.#connection.disconnect();
  }

  async #recheck(jobIds: string[], cancel: (jobId: string) => void): Promise<void> {
    const { redis, keys } = this.#store;
    for (const jobId of jobIds) if (await redis.hexists(keys.record(jobId), 'cancel')) cancel(jobId);
  }
}
