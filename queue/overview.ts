import { Job } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Overview } from './types.ts';
import { countJobs } from './waiting.ts';

/** How many jobs of each kind are looked at. */
const MOST = { active: 500, waiting: 100 };

/** What the queue holds now. */
export async function readOverview({ bull }: Pick<Store, 'bull'>): Promise<Overview> {
  const most = MOST.waiting - 1;
  const [active, left, waiting, delayed, counts] = await Promise.all([
    bull.getJobs('active', 0, MOST.active - 1),
    // What a dead worker has left goes first, then all else by its turn, see waiting.ts.
    bull.getJobs('wait', 0, most, true),
    bull.getJobs('prioritized', 0, most, true),
    bull.getJobs('delayed', 0, most, true),
    countJobs({ bull }),
  ]);
  // A job may be gone between listing and reading; one that another version wrote is not shown.
  const jobsOf = (found: readonly ({ data: unknown } | undefined | null)[]) =>
    found.flatMap((it) => Job.safeParse(it?.data).data ?? []);
  const waits = jobsOf([...left, ...waiting, ...delayed]);
  const oldest = Math.min(...waits.map(({ createdAt }) => createdAt));
  return {
    counts,
    active: jobsOf(active),
    waiting: waits,
    ...(Number.isFinite(oldest) && { oldestAt: oldest }),
  };
}
