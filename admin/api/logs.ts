import { z } from 'zod';
import { Reason } from '../../queue/schema/reason.ts';
import { count, id, page, type Route, Time } from './route.ts';

export const Level = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
export type Level = z.infer<typeof Level>;

/** One line of a log. */
export const LogLine = z.object({
  id: z.string(),
  at: Time,
  level: Level,
  message: z.string(),
  /** discord, telegram, console, admin; null for what belongs to none. */
  adapter: z.string().nullable(),
  trace: z.string().nullable(),
  jobId: z.string().nullable(),
  pid: count.nullable(),
  fields: z.record(z.string(), z.unknown()),
});
export type LogLine = z.infer<typeof LogLine>;

const filter = {
  /** This level and worse. */
  level: Level.default('info'),
  adapter: z.string().max(50).optional(),
  trace: z.string().max(64).optional(),
  search: z.string().trim().max(200).optional(),
};

/** A reply's whole life. Times in ms since 1970; what was never or is no more kept is null or empty. */
export const Life = z.object({
  jobId: id,
  trace: z.string().nullable(),
  platform: z.string(),
  conversation: z.string().nullable(),
  persona: z.string().nullable(),
  who: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** The message that was answered; its text null as long as it is not revealed. */
  question: z.object({ at: Time, text: z.string().nullable(), length: count }).nullable(),
  askedAt: Time.nullable(),
  /** One per try. */
  attempts: z.array(z.object({ at: Time, attempt: count, model: z.string(), promptTokens: count, waitMs: z.number() })),
  pieces: z.array(z.object({ at: Time, tokens: count, text: z.string().nullable(), length: count })),
  end: z
    .object({
      at: Time,
      finish: z.enum(['stop', 'length', 'cancelled', 'failed']),
      text: z.string().nullable(),
      length: count,
      error: Reason.nullable(),
      figures: z.object({
        promptTokens: count,
        replyTokens: count,
        waitMs: z.number(),
        firstTokenMs: z.number(),
        totalMs: z.number(),
        tokensPerSecond: z.number(),
      }),
    })
    .nullable(),
  /** What was shown on the platform. */
  delivery: z
    .object({
      at: Time,
      channel: z.string(),
      parts: z.array(z.object({ message: z.string().nullable(), generation: count })),
      outcome: z.enum(['delivered', 'removed', 'given-up']).nullable(),
    })
    .nullable(),
  /** The prompt as it would be laid out now; null as long as it is not revealed, or where it can no longer be known. */
  prompt: z.string().nullable(),
  log: z.array(LogLine),
  revealed: z.boolean(),
});
export type Life = z.infer<typeof Life>;

/** A job's id, or its trace id. */
const params = z.object({ id });
const tag = 'logs';

export const logRoutes = {
  logs: {
    method: 'GET',
    url: '/api/logs',
    role: 'operator',
    summary: 'Log lines, newest first',
    tag,
    querystring: z.object({ ...page, ...filter }),
    response: z.object({ lines: z.array(LogLine), next: z.string().nullable() }),
  },
  logEvents: {
    method: 'GET',
    url: '/api/logs/events',
    role: 'operator',
    summary: 'Log lines as they come',
    tag,
    querystring: z.object(filter),
    events: { line: LogLine },
  },
  life: {
    method: 'GET',
    url: '/api/replies/:id',
    role: 'operator',
    summary: "A reply's life, by job id or trace id, without texts",
    tag,
    params,
    response: Life,
  },
  /** Written into the audit. */
  revealLife: {
    method: 'POST',
    url: '/api/replies/:id/reveal',
    role: 'operator',
    summary: 'The same with texts and prompt',
    tag,
    params,
    response: Life,
  },
} as const satisfies Record<string, Route>;
