import { STAY, TURNS_KEPT } from '../keys.ts';
import { End, type Job, LONGEST_TEXT, parse, type Turn } from '../schema/index.ts';
import type { Store } from '../store.ts';

/**
 * Ends a reply for the attempt that owns it, and lets what the persona said join the conversation. An apology does not:
 * the persona would read it next time and learn to apologise.
 */
export async function endReply(
  { run, keys }: Store,
  job: Job,
  attempt: number,
  what: Omit<End, 'type'>,
): Promise<void> {
  // Checked here too: an end that no follower can read would leave them without one.
  const { type: _, ...end } = parse(End, { type: 'end', ...what }, `the end of ${job.id}`);
  const turn = end.finish === 'failed' || end.text === '' ? '' : JSON.stringify(turnOf(job, end.text));
  await run(
    'end-reply',
    [keys.record(job.id), keys.stream(job.id), keys.turns(job.conversation), keys.turnIds(job.conversation)],
    [attempt, JSON.stringify(end), job.turnId, `${job.id}:reply`, turn, TURNS_KEPT, STAY.stream, STAY.record],
  );
}

function turnOf({ id, persona, turnId }: Job, text: string): Turn {
  return {
    id: `${id}:reply`,
    role: 'persona',
    author: { id: persona, name: persona },
    text: text.slice(0, LONGEST_TEXT),
    at: Date.now(),
    persona,
    answers: turnId,
    jobId: id,
  };
}
