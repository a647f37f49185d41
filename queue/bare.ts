/** BullMQ without anything of ours: what benchmarks hold the queue against. */
import { Queue, QueueEvents, Worker } from 'bullmq';
import type { RedisHandle } from './types.ts';

const NAME = 'bare';

/** How long one job took, in ms. */
export interface JobTimes {
  /** From the submission until its handler ran. */
  start: number;
  /** Until whoever submitted it knew that it had ended. */
  end: number;
}

/** A queue, a worker and a listener of their own. */
export class BareQueue {
  readonly #queue: Queue;
  readonly #worker: Worker;
  readonly #events: QueueEvents;
  readonly #connections: ReturnType<RedisHandle['connect']>[];
  #started = 0;

  private constructor(redis: Pick<RedisHandle, 'connect'>, prefix: string) {
    this.#connections = [redis.connect(), redis.connect(), redis.connect()];
    const options = (at: number) => ({ connection: this.#connections[at] as never, prefix });
    const run = async () => {
      this.#started = performance.now();
    };
    this.#queue = new Queue(NAME, options(0));
    this.#worker = new Worker(NAME, run, options(1));
    this.#events = new QueueEvents(NAME, options(2));
  }

  static async open(redis: Pick<RedisHandle, 'connect'>, prefix: string): Promise<BareQueue> {
    const bare = new BareQueue(redis, prefix);
    await Promise.all([bare.#worker.waitUntilReady(), bare.#events.waitUntilReady()]);
    return bare;
  }

  /** Runs one job that does nothing. */
  async job(): Promise<JobTimes> {
    const before = performance.now();
    const job = await this.#queue.add(NAME, {});
    await job.waitUntilFinished(this.#events);
    return { start: this.#started - before, end: performance.now() - before };
  }

  async close(): Promise<void> {
    await Promise.all([this.#worker.close(), this.#events.close(), this.#queue.close()]);
    for (const connection of this.#connections) connection.disconnect();
  }
}
