import { Job } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Overview } from './types.ts';
import { countJobs } from './waiting.ts';

/** How many jobs of each kind are looked at. */
const MOST = { active: 500, waiting: 100 };
/** How long a job may take from its submission into the queue. */
const ON_THE_WAY_MS = 60_000;

/** What the queue holds now. */
export async function readOverview({ bull, run, keys }: Pick<Store, 'bull' | 'run' | 'keys'>): Promise<Overview> {
  const most = MOST.waiting - 1;
  const [active, left, waiting, delayed, counts, oldest] = await Promise.all([
    bull.getJobs('active', 0, MOST.active - 1),
    // What a dead worker has left goes first, then all else by its turn, see waiting.ts.
    bull.getJobs('wait', 0, most, true),
    bull.getJobs('prioritized', 0, most, true),
    bull.getJobs('delayed', 0, most, true),
    countJobs({ bull }),
    run(
      'oldest-wait',
      [keys.unfinished, keys.wait, keys.prioritized, keys.delayed, keys.active],
      [Date.now() - ON_THE_WAY_MS],
    ),
  ]);
  // A job may be gone between listing and reading; one that another version wrote is not shown.
  const jobsOf = (found: readonly ({ data: unknown } | undefined | null)[]) =>
    found.flatMap((it) => Job.safeParse(it?.data).data ?? []);
  return {
    counts,
    active: jobsOf(active),
    waiting: jobsOf([...left, ...waiting, ...delayed]),
    ...(typeof oldest === 'string' && { oldestAt: Number(oldest) }),
  };
}
