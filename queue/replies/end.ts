import { noteReply } from '../figures/note.ts';
import { encodeJobId, STAY, TURNS_KEPT, TURNS_LEFT } from '../keys.ts';
import { keepMsOf } from '../memory/retention.ts';
import { End, type Job, LONGEST_TEXT, parse, type Turn } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Payer } from '../types.ts';

/**
 * Ends a reply for the attempt that owns it, and lets what the persona said join the conversation. An apology does not:
 * the persona would read it next time and learn to apologise.
 */
export async function endReply(store: Store, job: Job, attempt: number, what: Omit<End, 'type'>): Promise<void> {
  const { run, keys } = store;
  // Checked here too: an end that no follower can read would leave them without one.
  const { type: _, ...end } = parse(End, { type: 'end', ...what }, `the end of ${job.id}`);
  const turn = end.finish === 'failed' || end.text === '' ? '' : JSON.stringify(turnOf(job, end.text));
  const ended = await run(
    'end-reply',
    [
      keys.record(job.id),
      keys.stream(job.id),
      keys.turns(job.conversation),
      keys.turnIds(job.conversation),
      keys.keep(job.conversation),
      keys.conversations,
      keys.pace,
      keys.jobOfTurn(job.turnId),
      keys.unfinished,
    ],
    [
      attempt,
      JSON.stringify(end),
      job.turnId,
      `${job.id}:reply`,
      turn,
      TURNS_KEPT,
      TURNS_LEFT,
      STAY.stream,
      STAY.record,
      job.conversation,
      job.retentionDays === 0 ? 0 : keepMsOf(job.retentionDays),
      end.figures.totalMs,
      STAY.pace,
      job.id,
      encodeJobId(job.id),
    ],
  );
  // A figure that is missing must not cost the reply.
  const noted = ended === 1 ? noteReply(store, job, end).catch(store.onError) : undefined;
  await pay(store, job, end);
  await noted;
}

/** Counts the reply's tokens for whoever asked; one that never ran costs nothing. */
async function pay(store: Store, job: Job, end: Omit<End, 'type'>): Promise<void> {
  const payer = payerOf(job);
  if (!payer) return;
  const { limits } = store;
  if (end.finish === 'cancelled' && end.figures.replyTokens === 0) await limits.refund(payer);
  else await limits.spend({ ...payer, tokens: end.figures.replyTokens });
}

/** Who a job counts for; nobody where no limits were asked, as at a terminal. */
function payerOf({ id, user, server }: Job): Payer | undefined {
  return user === undefined ? undefined : { job: id, user, ...(server !== undefined && { server }) };
}

function turnOf({ id, persona, turnId }: Job, text: string): Turn {
  return {
    id: `${id}:reply`,
    role: 'persona',
    author: { id: persona, name: persona },
    text: text.slice(0, LONGEST_TEXT),
    at: Date.now(),
    persona,
    jobId: id,
    replyTo: turnId,
  };
}
