import type { Queue, SpanName, SpanOfFigures } from '../../../queue/index.ts';
import { type History, type Range, historyRoutes as routes, type SeriesName, type UsageBy } from '../../api/history.ts';
import type { Context } from '../context.ts';
import { csv } from '../http/csv.ts';
import { type Site, serve } from '../http/serve.ts';

const SPAN: Record<Range, SpanName> = { '1h': 'minute', '24h': 'ten', '30d': 'six' };
const STEP: Record<Range, number> = { '1h': 60_000, '24h': 600_000, '30d': 21_600_000 };
/** Usage is counted in spans of ten minutes and of six hours. */
const USAGE: Record<Range, { span: 'ten' | 'six'; last: number }> = {
  '1h': { span: 'ten', last: 6 },
  '24h': { span: 'ten', last: 144 },
  '30d': { span: 'six', last: 120 },
};

const SERIES: Record<SeriesName, (span: SpanOfFigures) => number | null> = {
  replies: (it) => it.replies,
  failed: (it) => it.failed,
  cancelled: (it) => it.cancelled,
  promptTokens: (it) => it.promptTokens,
  replyTokens: (it) => it.replyTokens,
  waitP50: (it) => it.wait.p50,
  waitP95: (it) => it.wait.p95,
  waitP99: (it) => it.wait.p99,
  firstTokenP50: (it) => it.firstToken.p50,
  firstTokenP95: (it) => it.firstToken.p95,
  firstTokenP99: (it) => it.firstToken.p99,
  totalP50: (it) => it.total.p50,
  totalP95: (it) => it.total.p95,
  totalP99: (it) => it.total.p99,
  tokensPerSecond: (it) => it.tokensPerSecond,
  waiting: (it) => it.waiting.mean,
  waitingMost: (it) => it.waiting.most,
  running: (it) => it.running.mean,
  runningMost: (it) => it.running.most,
  kvUsed: (it) => it.kvUsed,
};
const NAMES = Object.keys(SERIES) as SeriesName[];

/** Figures over time, who uses how much, thumbs. */
export function addHistory(site: Site, { queue }: Context): void {
  serve(site, routes.history, ({ query: { range } }) => historyOf(queue, range));

  serve(site, routes.historyCsv, async ({ query: { range }, reply }) => {
    const { at, series } = await historyOf(queue, range);
    reply.header('content-disposition', `attachment; filename="wisecrack-${range}.csv"`);
    const rows = at.map((time, row) => [new Date(time).toISOString(), ...NAMES.map((name) => series[name][row] ?? '')]);
    return csv(['at', ...NAMES], rows);
  });

  serve(site, routes.usage, ({ query: { range, by } }) => usageOf(queue, range, by));

  serve(site, routes.usageCsv, async ({ query: { range, by }, reply }) => {
    const rows = await usageOf(queue, range, by);
    reply.header('content-disposition', `attachment; filename="wisecrack-${by}-${range}.csv"`);
    return csv(
      [by, 'replies', 'tokens'],
      rows.map(({ key, replies, tokens }) => [key, replies, tokens]),
    );
  });

  serve(site, routes.votes, async () =>
    [...(await queue.feedback.counts())].map(([persona, { up, down }]) => ({ persona, up, down })),
  );
}

async function historyOf({ statistics }: Queue, range: Range): Promise<History> {
  const spans = await statistics.history(SPAN[range]);
  const series = Object.fromEntries(NAMES.map((name) => [name, spans.map(SERIES[name])])) as History['series'];
  return { range, step: STEP[range], at: spans.map(({ from }) => from), series };
}

function usageOf({ statistics }: Queue, range: Range, by: UsageBy) {
  const { span, last } = USAGE[range];
  return statistics.usage(by, span, { last });
}
