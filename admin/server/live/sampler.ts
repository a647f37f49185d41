import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from '../../../queue/index.ts';
import { workerOf } from './snapshot.ts';

const EVERY_MS = 10_000;
const LEASE = 'figures';

/**
 * Notes now and then how many wait and run, and how full the workers' caches are: one process of all that share this Redis.
 *
 * @param everyMs - how often.
 */
export function startSampler(
  queue: Queue,
  onError: (error: unknown) => void,
  everyMs = EVERY_MS,
): { close(): Promise<void> } {
  const closed = new AbortController();
  const sample = async () => {
    const [counts, beats] = await Promise.all([queue.counts(), queue.heartbeats.list()]);
    const workers = beats.filter(({ kind }) => kind === 'worker').map(workerOf);
    const [blocks, used] = [sum(workers.map((it) => it.kvBlocks)), sum(workers.map((it) => it.kvBlocksUsed))];
    await queue.statistics.sample({
      waiting: counts.waiting + counts.delayed,
      running: counts.active,
      ...(blocks > 0 && { kvUsed: used / blocks }),
    });
  };
  const run = async () => {
    while (!closed.signal.aborted) {
      const lease = await queue.leases.take(LEASE, { signal: closed.signal });
      const until = AbortSignal.any([lease.lost, closed.signal]);
      while (!until.aborted) {
        await sample().catch(onError);
        await sleep(everyMs, undefined, { signal: until, ref: false }).catch(() => {});
      }
      await lease.release().catch(onError);
    }
  };
  const running = run().catch((error) => {
    if (!closed.signal.aborted) onError(error);
  });
  return {
    async close() {
      closed.abort();
      await running;
    },
  };
}

const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
