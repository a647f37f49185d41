import { z } from 'zod';
import { Reason } from '../../queue/schema/reason.ts';
import { count, id, type Route, Time } from './route.ts';

const ms = z.number().nonnegative();
/** Null where nothing was measured. */
export const Percentiles = z.object({ p50: ms.nullable(), p95: ms.nullable(), p99: ms.nullable() });
export type Percentiles = z.infer<typeof Percentiles>;

/** One reply that is being made. */
export const RunningReply = z.object({
  jobId: id,
  platform: z.string(),
  conversation: z.string(),
  /** Who asked; the name as the platform gives it, the id as `platform:id`. */
  who: z.object({ id: z.string(), name: z.string() }),
  server: z.string().nullable(),
  persona: z.string(),
  trace: z.string(),
  /** When the question came. */
  since: Time,
  /** `waiting` has no text yet. */
  state: z.enum(['waiting', 'running']),
  tokens: count,
  /** What it says so far; null for viewers, to whom texts are not shown. */
  text: z.string().nullable(),
});
export type RunningReply = z.infer<typeof RunningReply>;

/** A worker, as its heartbeat says; null where its engine does not say it. */
export const WorkerState = z.object({
  id: z.string(),
  name: z.string(),
  model: z.string(),
  startedAt: Time,
  slots: count.nullable(),
  running: count.nullable(),
  /** Requests in the engine's last step, and how long that took. */
  batch: count.nullable(),
  stepMs: ms.nullable(),
  kvBlocks: count.nullable(),
  kvBlocksUsed: count.nullable(),
  kvBlocksCached: count.nullable(),
  /** 0..1: prompt tokens that the prefix cache had. */
  prefixHitRate: z.number().nullable(),
  weightBytes: count.nullable(),
  kvBytes: count.nullable(),
  preempted: count.nullable(),
  threads: count.nullable(),
  /** Memory of the cards, else of the machine, and the share of the time that they compute (0..1); null for a server elsewhere. */
  deviceBytes: count.nullable(),
  deviceBytesUsed: count.nullable(),
  utilisation: z.number().nullable(),
  /** What else the heartbeat says. */
  more: z.record(z.string(), z.unknown()),
});
export type WorkerState = z.infer<typeof WorkerState>;

/** An adapter (discord, telegram, ...) that lives. */
export const AdapterState = z.object({
  id: z.string(),
  name: z.string(),
  startedAt: Time,
  more: z.record(z.string(), z.unknown()),
});

export type AdapterState = z.infer<typeof AdapterState>;

/** A reply that failed. */
export const ReplyError = Reason.extend({
  at: Time,
  jobId: z.string(),
  persona: z.string(),
  trace: z.string(),
});
export type ReplyError = z.infer<typeof ReplyError>;

/** Everything on the first screen. */
export const Snapshot = z.object({
  at: Time,
  queue: z.object({ waiting: count, active: count, delayed: count, oldestWaitMs: ms.nullable() }),
  /** See Rules. */
  paused: z.boolean(),
  draining: z.boolean(),
  maintenance: z.string().nullable(),
  /** Of the last hour. */
  firstToken: Percentiles,
  total: Percentiles,
  wait: Percentiles,
  repliesLastHour: count,
  failedLastHour: count,
  /** Of all running replies together, over the last ten seconds. */
  tokensPerSecond: z.number(),
  workers: z.array(WorkerState),
  adapters: z.array(AdapterState),
  /** Of the last hour, newest first, 50 at most. */
  errors: z.array(ReplyError),
});
export type Snapshot = z.infer<typeof Snapshot>;

const params = z.object({ jobId: id });
const tag = 'now';

export const nowRoutes = {
  now: {
    method: 'GET',
    url: '/api/now',
    role: 'viewer',
    summary: 'The first screen',
    tag,
    response: Snapshot.extend({ replies: z.array(RunningReply) }),
  },
  /**
   * Begins with `snapshot` and `replies`; after that a `snapshot` a second while something changes, and the replies one by one. After a
   * lost connection it begins so again: nothing is to be resumed. Ends at logout.
   */
  nowEvents: {
    method: 'GET',
    url: '/api/now/events',
    role: 'viewer',
    summary: 'The first screen, live',
    tag,
    events: {
      snapshot: Snapshot,
      replies: z.array(RunningReply),
      /** Also when a waiting one begins to run. */
      reply: RunningReply,
      /** `text` is what to put behind what is there; null for viewers. */
      text: z.object({ jobId: id, text: z.string().nullable(), tokens: count }),
      end: z.object({ jobId: id, finish: z.enum(['stop', 'length', 'cancelled', 'failed', 'gone']) }),
    },
  },
  cancelReply: {
    method: 'POST',
    url: '/api/replies/:jobId/cancel',
    role: 'operator',
    summary: 'End a reply early',
    tag,
    params,
    response: z.object({ state: z.enum(['running', 'waiting', 'finished']) }),
  },
} as const satisfies Record<string, Route>;
