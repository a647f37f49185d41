import { encodeJobId } from './keys.ts';
import { readPieces } from './replies/codec.ts';
import { endReply } from './replies/end.ts';
import { type Figures, Job, orphanJob } from './schema/index.ts';
import { StaleAttempt } from './scripts.ts';
import type { Store } from './store.ts';
import type { Cancelled } from './types.ts';

const nothing: Figures = {
  promptTokens: 0,
  replyTokens: 0,
  waitMs: 0,
  firstTokenMs: 0,
  totalMs: 0,
  tokensPerSecond: 0,
};

/**
 * Ends a reply early. A running one is told through its worker; a waiting one is ended here and taken from the queue,
 * where leaving it would do no harm: a worker that takes a job whose reply has ended just completes it.
 */
export async function cancelReply(store: Store, jobId: string): Promise<Cancelled> {
  const { run, keys, bull } = store;
  const args = [jobId, keys.cancels];
  const [state, attempt] = (await run('cancel-reply', [keys.record(jobId), keys.lock(jobId)], args)) as
    | ['finished' | 'running']
    | ['waiting', number];
  if (state !== 'waiting') return state;
  const data: unknown = (await bull.getJob(encodeJobId(jobId)))?.data;
  // Submitted, but its process died before the job was added: there is nothing to remove.
  const job = Job.safeParse(data).data ?? orphanJob(jobId);
  // An attempt before this may have said something already.
  const { text, tokens } = await readPieces(store, jobId);
  const figures = { ...nothing, replyTokens: tokens.length, waitMs: Math.max(0, Date.now() - job.createdAt) };
  try {
    await endReply(store, job, attempt, { finish: 'cancelled', text, figures });
  } catch (error) {
    // A worker took it in between and has seen the cancel.
    if (error instanceof StaleAttempt) return 'running';
    throw error;
  }
  await bull.remove(encodeJobId(jobId));
  return 'waiting';
}
