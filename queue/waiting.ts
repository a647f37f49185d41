import { encodeJobId } from './keys.ts';
import type { Store } from './store.ts';
import type { Counts } from './types.ts';

/** How many jobs are taken before this one, itself included; 0 when it does not wait. */
export async function positionOf({ redis, keys }: Store, jobId: string): Promise<number> {
  // BullMQ puts new jobs on the left of the list and takes from the right.
  const [index, length] = (await redis.multi().lpos(keys.wait, encodeJobId(jobId)).llen(keys.wait).exec()) ?? [];
  const [at, total] = [index?.[1], length?.[1]];
  return typeof at === 'number' && typeof total === 'number' ? total - at : 0;
}

/** How many jobs wait and run. */
export async function countJobs({ bull }: Store): Promise<Counts> {
  const { wait = 0, active = 0, delayed = 0 } = await bull.getJobCounts('wait', 'active', 'delayed');
  return { waiting: wait, active, delayed };
}
