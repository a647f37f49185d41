/** The public types of figures. */
import type { Failure } from '../schema/index.ts';
import type { SpanName, UsageBy } from './spans.ts';

export type { SpanName, UsageBy } from './spans.ts';

/** In ms; null where nothing was measured. */
export interface Durations {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** What happened in some time. */
export interface Figured {
  /** All that ended, failed and cancelled ones included. */
  replies: number;
  failed: number;
  cancelled: number;
  promptTokens: number;
  replyTokens: number;
  wait: Durations;
  /** Of those that ended well. */
  firstToken: Durations;
  total: Durations;
  /** Mean of each reply's own speed. */
  tokensPerSecond: number | null;
  /** Sampled, see `sample`. */
  waiting: { mean: number | null; most: number | null };
  running: { mean: number | null; most: number | null };
  /** 0..1 */
  kvUsed: number | null;
}

/** `from` is its beginning, in ms since 1970. */
export type SpanOfFigures = Figured & { from: number };

export interface Usage {
  key: string;
  tokens: number;
  replies: number;
}

/** What happened, over an hour, a day, a month; each coarser than the one before, so that it stays small. */
export interface Statistics {
  /** The spans of one kind, oldest first, the present one included. */
  history(span: SpanName, now?: number): Promise<SpanOfFigures[]>;
  lastHour(now?: number): Promise<Figured>;
  /** Who used the most, most tokens first. @param options.last - how many spans count. */
  usage(
    by: UsageBy,
    span: Exclude<SpanName, 'minute'>,
    options?: { last?: number; most?: number; now?: number },
  ): Promise<Usage[]>;
  /** Adds what can only be looked at now and then, such as how many wait: one process at a time does it. */
  sample(values: { waiting?: number; running?: number; kvUsed?: number }, now?: number): Promise<void>;
  /** Replies that failed within the hour, newest first. */
  failures(options?: { most?: number; now?: number }): Promise<Failure[]>;
  /** Takes a person out of the usage. */
  forget(user: string, now?: number): Promise<void>;
}
