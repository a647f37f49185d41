import { z } from 'zod';
import { count, type Route, Time } from './route.ts';

export const Range = z.enum(['1h', '24h', '30d']);
export type Range = z.infer<typeof Range>;
export const UsageBy = z.enum(['persona', 'server', 'user', 'platform']);
export type UsageBy = z.infer<typeof UsageBy>;

const values = z.array(z.number().nullable());
/** Columns for a chart: all have the length of `at`; null where nothing was measured. Times in ms. */
export const History = z.object({
  range: Range,
  /** Width of a point in ms: a minute, ten minutes, six hours. */
  step: count,
  /** Beginning of each point. */
  at: z.array(Time),
  series: z.object({
    replies: values,
    failed: values,
    cancelled: values,
    promptTokens: values,
    replyTokens: values,
    waitP50: values,
    waitP95: values,
    waitP99: values,
    firstTokenP50: values,
    firstTokenP95: values,
    firstTokenP99: values,
    totalP50: values,
    totalP95: values,
    totalP99: values,
    /** Mean of each reply's own speed. */
    tokensPerSecond: values,
    /** Mean and most, sampled every ten seconds while a dashboard runs. */
    waiting: values,
    waitingMost: values,
    running: values,
    runningMost: values,
    /** 0..1 */
    kvUsed: values,
  }),
});
export type History = z.infer<typeof History>;
export type SeriesName = keyof History['series'];

export const UsageRow = z.object({ key: z.string(), replies: count, tokens: count });
export type UsageRow = z.infer<typeof UsageRow>;
/** Since the beginning, per persona. */
export const VoteRow = z.object({ persona: z.string(), up: count, down: count });
export type VoteRow = z.infer<typeof VoteRow>;

const range = z.object({ range: Range.default('24h') });
const usage = range.extend({ by: UsageBy.default('persona') });
const tag = 'history';

export const historyRoutes = {
  history: {
    method: 'GET',
    url: '/api/history',
    role: 'viewer',
    summary: 'Figures over time',
    tag,
    querystring: range,
    response: History,
  },
  historyCsv: {
    method: 'GET',
    url: '/api/history.csv',
    role: 'viewer',
    summary: 'The same as CSV',
    tag,
    querystring: range,
    contentType: 'text/csv; charset=utf-8',
  },
  /** The 100 with the most tokens. */
  usage: {
    method: 'GET',
    url: '/api/usage',
    role: 'viewer',
    summary: 'Who uses it how much',
    tag,
    querystring: usage,
    response: z.array(UsageRow),
  },
  usageCsv: {
    method: 'GET',
    url: '/api/usage.csv',
    role: 'viewer',
    summary: 'The same as CSV',
    tag,
    querystring: usage,
    contentType: 'text/csv; charset=utf-8',
  },
  votes: {
    method: 'GET',
    url: '/api/votes',
    role: 'viewer',
    summary: 'Thumbs up and down',
    tag,
    response: z.array(VoteRow),
  },
} as const satisfies Record<string, Route>;
