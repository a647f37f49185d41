import { Job } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Overview } from './types.ts';

/** How many jobs of each kind are looked at. */
const MOST = { active: 500, waiting: 100 };

/** What the queue holds now. */
export async function readOverview({ bull }: Pick<Store, 'bull'>): Promise<Overview> {
  const [active, waiting, delayed, counts] = await Promise.all([
    bull.getJobs('active', 0, MOST.active - 1),
    // Oldest first: BullMQ takes from that end.
    bull.getJobs('wait', 0, MOST.waiting - 1, true),
    bull.getJobs('delayed', 0, MOST.waiting - 1, true),
    bull.getJobCounts('wait', 'active', 'delayed'),
  ]);
  // A job may be gone between listing and reading; one that another version wrote is not shown.
  const jobsOf = (found: readonly ({ data: unknown } | undefined | null)[]) =>
    found.flatMap((it) => Job.safeParse(it?.data).data ?? []);
  const waits = jobsOf([...waiting, ...delayed]);
  const oldest = Math.min(...waits.map(({ createdAt }) => createdAt));
  const { wait = 0, active: running = 0, delayed: aside = 0 } = counts;
  return {
    counts: { waiting: wait, active: running, delayed: aside },
    active: jobsOf(active),
    waiting: waits,
    ...(Number.isFinite(oldest) && { oldestAt: oldest }),
  };
}
