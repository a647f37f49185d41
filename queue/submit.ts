import { randomUUID } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import { WisecrackError } from '../errors.ts';
import { tenantOf } from './fair.ts';
import { encodeJobId, STAY, TURNS_KEPT, TURNS_LEFT } from './keys.ts';
import { keepMsOf } from './memory/retention.ts';
import { Job, type NewJob, parse, seedOf, Turn } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Submitted } from './types.ts';

/** How often a job is tried that fails in a way that may pass. */
export const ATTEMPTS = 3;

const options: JobsOptions = {
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: 500, jitter: 0.2 },
  // Not what recognises a message that comes twice: that is the record, which is smaller and stays for two days.
  removeOnComplete: { age: 60 * 60, count: 1000 },
  removeOnFail: { age: 24 * 60 * 60, count: 1000 },
};

/**
 * Stores the turn and adds its job. The two are separate steps, since BullMQ's own script adds the job; when the process
 * dies in between, the platform delivers the message again, and that adds what is missing: only a reply that has ended
 * is left alone.
 */
export async function submitJob(store: Store, newTurn: Turn, newJob: NewJob): Promise<Submitted> {
  const turn = parse(Turn, newTurn, 'turn');
  const job = parse(Job, fill(turn, newJob), 'job');
  const { redis, run, keys, bull } = store;
  const [known, priority] = (await run(
    'submit-turn',
    [
      keys.record(job.id),
      keys.turns(job.conversation),
      keys.turnIds(job.conversation),
      keys.keep(job.conversation),
      keys.conversations,
      keys.spokeIn(turn.author.id),
      keys.tenants,
      keys.clock,
      keys.wait,
      keys.prioritized,
      keys.active,
      keys.delayed,
      keys.unfinished,
    ],
    [
      job.conversation,
      turn.id,
      JSON.stringify(turn),
      TURNS_KEPT,
      TURNS_LEFT,
      keepMsOf(job.retentionDays),
      turn.role === 'user' ? 1 : 0,
      randomUUID(),
      STAY.unfinished,
      job.persona,
      tenantOf(job),
      encodeJobId(job.id),
      job.createdAt,
    ],
  )) as ['new' | 'known' | 'finished', number];
  redis.set(keys.trace(job.trace), job.id, 'EX', STAY.trace).catch(store.onError);
  if (known !== 'finished') await bull.add('reply', job, { ...options, priority, jobId: encodeJobId(job.id) });
  // From here on the queue itself says that it waits, see limits.take.
  redis.zrem(keys.onTheWay, job.id).catch(store.onError);
  return { jobId: job.id, duplicate: known !== 'new' };
}

function fill(turn: Turn, job: NewJob): NewJob {
  if (job.turnId !== undefined && job.turnId !== turn.id) {
    throw new WisecrackError('WISECRACK_JOB_INVALID', { reason: `turnId ${job.turnId} is not the turn ${turn.id}` });
  }
  return { seed: seedOf(job.id), trace: randomUUID(), createdAt: Date.now(), ...job, turnId: turn.id };
}
