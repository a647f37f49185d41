import { encodeJobId } from './keys.ts';
import type { Store } from './store.ts';
import type { Counts } from './types.ts';

/** How many jobs are taken before this one, itself included; 0 when it does not wait. */
export async function positionOf({ redis, keys }: Store, jobId: string): Promise<number> {
  const id = encodeJobId(jobId);
  // What a dead worker has left is in the list, and BullMQ takes from its right end; all else goes by priority after it.
  const all = await redis.multi().lpos(keys.wait, id).llen(keys.wait).zrank(keys.prioritized, id).exec();
  const [at, listed, rank] = (all ?? []).map(([, value]) => value);
  if (typeof listed !== 'number') return 0;
  if (typeof at === 'number') return listed - at;
  return typeof rank === 'number' ? listed + rank + 1 : 0;
}

/** How many jobs wait and run. */
export async function countJobs({ bull }: Pick<Store, 'bull'>): Promise<Counts> {
  const counts = await bull.getJobCounts('wait', 'prioritized', 'active', 'delayed');
  const { wait = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
  return { waiting: wait + prioritized, active, delayed };
}
