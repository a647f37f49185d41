import type { End, Job } from '../schema/index.ts';
import type { Store } from '../store.ts';
import { bucketOf } from './histogram.ts';
import { beginOf, SPAN_NAMES, SPANS, USAGE_BY, USAGE_SPANS } from './spans.ts';

/** How many personas, servers, users are told apart in one span. */
const MEMBERS = 500;
/** How many failures are remembered. */
const FAILURES = 1000;

/**
 * Counts a reply that has ended, in one round trip. Fields of a span's hash: replies, failed, cancelled, promptTokens, replyTokens,
 * speed:sum and speed:count (tokens/s), and wait:N, first:N, total:N (durations by bucket, see histogram.ts).
 */
export async function noteReply(
  { run, keys }: Pick<Store, 'run' | 'keys'>,
  job: Job,
  { finish, figures, error }: Omit<End, 'type'>,
  now = Date.now(),
): Promise<void> {
  const usage = (what: 'tokens' | 'replies') =>
    USAGE_SPANS.flatMap((span) => USAGE_BY.map((by) => keys.usage(what, by, span, beginOf(span, now))));
  const fields: [string, number][] = [
    ['replies', 1],
    ['promptTokens', figures.promptTokens],
    ['replyTokens', figures.replyTokens],
    [`wait:${bucketOf(figures.waitMs)}`, 1],
  ];
  if (finish === 'failed' || finish === 'cancelled') fields.push([finish, 1]);
  else {
    fields.push([`first:${bucketOf(figures.firstTokenMs)}`, 1], [`total:${bucketOf(figures.totalMs)}`, 1]);
    if (figures.tokensPerSecond > 0) fields.push(['speed:sum', figures.tokensPerSecond], ['speed:count', 1]);
  }
  const failure = { at: now, jobId: job.id, persona: job.persona, trace: job.trace, ...error };
  await run(
    'note-figures',
    [
      ...SPAN_NAMES.map((span) => keys.figures(span, beginOf(span, now))),
      ...usage('tokens'),
      ...usage('replies'),
      keys.failures,
    ],
    [
      ...SPAN_NAMES.map((span) => SPANS[span].staySeconds),
      MEMBERS,
      figures.replyTokens,
      job.persona,
      job.platform,
      job.server ?? '',
      job.user ?? '',
      error ? JSON.stringify(failure) : '',
      FAILURES,
      ...fields.flat(),
    ],
  );
}
