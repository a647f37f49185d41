/** The queue's public types: what `openQueue` gives, and what a worker's handler gets and returns. */
import type { Queue as Bull } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Accounts, Acts, SavedPersonas, Versions } from './admin/types.ts';
import type { Statistics } from './figures/types.ts';
import type { Feedback, Limits, Loops, Privacy, RuleBook } from './rules/types.ts';
import type {
  Asked,
  Chance,
  DeliveredPart,
  DeliveryOutcome,
  DeliveryRecord,
  FeedState,
  Figures,
  FinalText,
  Finish,
  Headline,
  Heartbeat,
  Job,
  LogLine,
  NewJob,
  Note,
  ReplyEvent,
  Summary,
  Turn,
} from './schema/index.ts';
import type { Guests, Shown } from './web/types.ts';

export type * from './admin/types.ts';
export type * from './figures/types.ts';
export type * from './rules/types.ts';
export type * from './web/types.ts';

/** Where Redis is. `openRedis` makes one. */
export interface RedisHandle {
  /** The address, without its password. */
  readonly url: string;
  /** A new connection; whoever asks for it ends it. */
  connect(): Redis;
  /** Lets go of Redis; an embedded one ends with its last user. */
  close(): Promise<void>;
}

export interface QueueOptions {
  redis: Pick<RedisHandle, 'connect'>;
  /** What every key begins with. Default: `wisecrack`. */
  prefix?: string;
  /** Hears of what went wrong and mends itself: lost connections above all. Default: nobody does. */
  onError?: (error: unknown) => void;
}

/** What bots, inference and admin share. While Redis is away, calls wait for it. */
export interface Queue {
  /** Stores the turn in the conversation and asks for a reply to it. The same job id twice is one turn and one job. */
  submit(turn: Turn, job: NewJob): Promise<Submitted>;
  /** Takes jobs until closed. */
  startWorker(options: WorkerOptions): QueueWorker;
  /** The events of a reply, each exactly once and in order, until its end: also when it has not begun, or is over. */
  follow(jobId: string, options?: FollowOptions): AsyncIterable<ReplyEvent>;
  /** Ends a reply early. What it has said so far stays. */
  cancel(jobId: string): Promise<Cancelled>;
  /**
   * The jobs that would be taken before this one, itself included: 1 is taken next; 0 means that it does not wait. It can
   * grow: each server, and each person outside of one, has its turn, so that a lone question overtakes a flood.
   */
  position(jobId: string): Promise<number>;
  counts(): Promise<Counts>;
  /** How long the job at this position waits, in ms, from how fast replies were made of late; undefined when nothing is known. */
  estimate(position: number): Promise<number | undefined>;
  /** What waits and what runs, as far as it can be shown. */
  overview(): Promise<Overview>;
  /** What is still known of a reply, by its job's id or its trace; undefined when nothing is. */
  life(id: string): Promise<Life | undefined>;
  readonly statistics: Statistics;
  readonly logs: Logs;
  readonly accounts: Accounts;
  readonly acts: Acts;
  readonly versions: Versions;
  readonly savedPersonas: SavedPersonas;
  /** BullMQ's own queue, for the raw view of it and nothing else. */
  readonly bull: Bull;
  readonly rules: RuleBook;
  readonly limits: Limits;
  readonly loops: Loops;
  readonly privacy: Privacy;
  readonly feedback: Feedback;
  readonly conversations: Conversations;
  readonly news: News;
  readonly asked: AskedJobs;
  readonly deliveries: Deliveries;
  readonly heartbeats: Heartbeats;
  readonly leases: Leases;
  readonly shown: Shown;
  readonly guests: Guests;
  /** Ends followers and connections. Close workers first. */
  close(): Promise<void>;
}

export interface Submitted {
  jobId: string;
  /** Whether this job had been submitted before. */
  duplicate: boolean;
}

/** What a cancel met: a reply in the making, one that waited, or none (never submitted, or over). */
export type Cancelled = 'running' | 'waiting' | 'finished';

export interface Counts {
  waiting: number;
  active: number;
  /** Waiting for its next attempt. */
  delayed: number;
}

export interface Overview {
  counts: Counts;
  active: Job[];
  /** Waiting or put aside, as they will be taken; the first hundred of each. */
  waiting: Job[];
  /** When the question came that waits longest, in ms since 1970. */
  oldestAt?: number;
}

export interface Life {
  jobId: string;
  /** The job itself stays an hour after its end. */
  job?: Job;
  persona?: string;
  conversation?: string;
  /** What followers saw, and when; a day. */
  events: { at: number; event: ReplyEvent }[];
  delivery?: DeliveryState;
  /** The conversation up to the question, as it is now. */
  turns?: Turn[];
}

/** A log line and its place among all. */
export interface KeptLine {
  id: string;
  at: number;
  line: LogLine;
}

/** The last log lines of all processes that share this Redis. */
export interface Logs {
  /** Takes one line of JSON, as pino writes it. Never waits, never throws. */
  write(line: string): void;
  /** Newest first, before the line with this id. Default: the last 500. */
  read(options?: { before?: string; most?: number }): Promise<KeptLine[]>;
  /** Oldest first; for two days. */
  ofTrace(trace: string): Promise<KeptLine[]>;
  /** Lines as they come from now on, until the signal. */
  tail(signal: AbortSignal): AsyncIterable<KeptLine>;
}

export interface FollowOptions {
  /** Begin after this event's id. Default: from the first. */
  from?: string;
  /** Aborting it ends the iteration, without an error. */
  signal?: AbortSignal;
}

export interface WorkerOptions {
  /** How many replies are made at once. Default: 1. */
  concurrency?: number;
  handle: Handler;
  /** The text that ends a reply that failed for good. Default: one English sentence. */
  apologise?: (job: Job, error: unknown) => string | Promise<string>;
}

export interface QueueWorker {
  /** Resolves when the worker takes jobs. */
  ready(): Promise<void>;
  /** Takes no more jobs; lets running ones finish for `handBackAfterMs` (default 10,000), then hands the rest back. */
  close(options?: { handBackAfterMs?: number }): Promise<void>;
}

/** Makes one reply. Throw a `WisecrackError` without `retry` to fail at once; anything else is tried three times. */
export type Handler = (job: Job, context: HandlerContext) => Promise<Reply>;

export interface HandlerContext {
  /** Aborted with a `Stopped` reason: the reply is no longer wanted here. */
  signal: AbortSignal;
  /** What earlier attempts have published. The reply goes on after it. */
  resume: { tokens: number[]; text: string; attempt: number };
  /** Tells followers that the prompt is laid out and the engine is at work. */
  start(info: { persona?: string; model: string; promptTokens: number }): void;
  /** Sends a piece. Waiting for it is optional, and holds the engine back while Redis is slow; it never throws. */
  publish(text: string, tokens: number[], chances?: readonly Chance[]): Promise<void>;
  /** Where this job's turn is. */
  conversation: Conversation;
}

export interface Reply {
  finish: Exclude<Finish, 'failed'>;
  /** The whole reply, with what earlier attempts published. Of a cancelled one, what was published counts instead. */
  text: string;
  /** What the handler knows better than the queue's own measurement. */
  figures?: Partial<Figures>;
}

export interface Conversation {
  /** The last `last` turns, oldest first. Default: all. */
  read(last?: number): Promise<Turn[]>;
  summary(): Promise<Summary | undefined>;
  getPersona(): Promise<string | undefined>;
}

export interface Conversations {
  /**
   * Adds a turn; false when one with its id is there already.
   *
   * @param options.retentionDays - how many days the conversation's turns are kept from now on. Default: 30; with 0 the turn
   *   is not kept at all.
   */
  append(conversation: string, turn: Turn, options?: { retentionDays?: number }): Promise<boolean>;
  /** The last `last` turns, oldest first. Default: all that are kept. */
  read(conversation: string, last?: number): Promise<Turn[]>;
  /** Changes the text of a turn; false when it is not there. A reply in the making may have read it already. */
  replace(conversation: string, turnId: string, text: string): Promise<boolean>;
  /** Adds notes to a turn, each once; false when it is not there. */
  annotate(conversation: string, turnId: string, notes: readonly Note[]): Promise<boolean>;
  /** Removes turns; gives how many there were. A reply in the making whose question is removed will not join. */
  remove(conversation: string, turnIds: readonly string[]): Promise<number>;
  /**
   * Forgets what has been kept long enough, in all conversations; gives how many turns are gone. A conversation that nobody uses
   * goes by itself, and one that is used forgets as it grows: this is for turns in between, once an hour is enough.
   *
   * @param options.retentionDays - the most days that turns are kept anywhere, whatever was said when they were written.
   * @param options.now - ms since 1970, for tests. Default: Redis's clock.
   */
  expire(options?: { retentionDays?: number; now?: number }): Promise<number>;
  /** Forgets the turns; the persona stays. A reply in the making will not join. */
  clear(conversation: string): Promise<void>;
  /** Gives a conversation another name, e.g. when a group is given another id. Nothing is overwritten. */
  move(from: string, to: string): Promise<void>;
  /** What was said before the window begins. Whether it still holds is for the reader to see, by its digest. */
  summary(conversation: string): Promise<Summary | undefined>;
  /** Puts a summary in the place of the one before; it goes with the conversation. */
  summarise(conversation: string, summary: Summary): Promise<void>;
  setPersona(conversation: string, persona: string): Promise<void>;
  getPersona(conversation: string): Promise<string | undefined>;
  /** Conversations that have turns, the last used first. @param from - how many of them to pass over. */
  list(from: number, most: number): Promise<{ conversation: string; lastUsed: number }[]>;
  count(): Promise<number>;
  /** How many turns it has. */
  size(conversation: string): Promise<number>;
}

/** What the feeds have told in the last seven days, 500 headlines at most. */
export interface News {
  /** Adds headlines, each once; gives how many are new. @param options.now - ms since 1970, for tests */
  add(headlines: readonly Headline[], options?: { now?: number }): Promise<number>;
  /** The newest first. @param options.since - ms since 1970 */
  latest(options?: { since?: number; limit?: number }): Promise<Headline[]>;
  /** What a feed's server said last time. */
  state(feed: string): Promise<FeedState>;
  setState(feed: string, state: FeedState): Promise<void>;
}

/** Which job answers which question, for 14 days: what buttons, edits and a person's second question need. */
export interface AskedJobs {
  /** Remembers a job, once. Gives the latest job of the same person in the conversation before this one, the same each time. */
  note(asked: Asked): Promise<string | undefined>;
  get(jobId: string): Promise<Asked | undefined>;
  /** The job that answers a turn now. */
  ofTurn(turnId: string): Promise<string | undefined>;
  /** The latest job of a person in a conversation. */
  latest(conversation: string, author: string): Promise<string | undefined>;
  /** Whether nothing more comes of a job: it has ended, or nobody knows it. */
  isOver(jobId: string): Promise<boolean>;
}

/** What only one process may do at a time, e.g. asking a platform for its news. */
export interface Leases {
  /**
   * Waits until nobody else holds it, and holds it.
   *
   * @param options.leaseMs - after this long without a sign of life another process gets it. Default: 10,000.
   * @param options.signal - aborting it ends the wait with an AbortError.
   */
  take(name: string, options?: { leaseMs?: number; signal?: AbortSignal }): Promise<Lease>;
}

export interface Lease {
  /** Aborted when it is held no more: released, taken over, or not renewed for so long that it may be another one's. */
  readonly lost: AbortSignal;
  /** Lets the next one have it at once. */
  release(): Promise<void>;
}

export interface Heartbeats {
  /** Says that this process lives, for `ttlMs` (default 15,000) from now. */
  beat(heartbeat: Heartbeat, ttlMs?: number): Promise<void>;
  /** Says goodbye before the time is over. */
  stop(id: string): Promise<void>;
  /** Says that this process lives, every 5 s until it is stopped; it does not keep the process alive. */
  keep(options: {
    kind: Heartbeat['kind'];
    name: string;
    /** What else there is to say, asked anew each time. */
    say: () => Record<string, unknown>;
    onError: (error: unknown) => void;
  }): KeptHeartbeat;
  list(): Promise<Heartbeat[]>;
}

export interface KeptHeartbeat {
  /** Resolves when the first one was said, or could not be. */
  readonly first: Promise<void>;
  /** Says goodbye. */
  stop(): Promise<void>;
}

/**
 * What is to be shown on a platform, and what of it is shown. One process at a time owns a delivery: by a token of its own
 * and for as long as it renews its lease. A platform is what its job ids begin with.
 */
export interface Deliveries {
  /** Records a delivery, once, and claims it: its state, `known` when another process has it, `over` when it has ended. */
  open(delivery: DeliveryRecord, token: string, leaseMs: number): Promise<DeliveryState | 'known' | 'over'>;
  /** The jobs whose delivery has no owner that lives. */
  due(platform: string): AsyncIterable<string>;
  /** Becomes the owner; undefined when it is over or somebody else's. */
  claim(jobId: string, token: string, leaseMs: number): Promise<DeliveryState | undefined>;
  /** What only the owner may write. */
  owned(jobId: string, token: string, leaseMs: number): OwnedDelivery;
  /** Asks for the removal of what was shown, also after the end; false when there is no such delivery. */
  drop(jobId: string): Promise<boolean>;
  read(jobId: string): Promise<DeliveryState | undefined>;
  /** The job that a message of ours belongs to, for 14 days. */
  jobOf(platform: string, message: string): Promise<string | undefined>;
}

/** Each write renews the lease and tells whether the delivery is to be dropped. @throws StaleAttempt when it is lost. */
export interface OwnedDelivery {
  renew(): Promise<boolean>;
  /** Writes one part, or forgets it. */
  part(index: number, part: DeliveredPart | undefined): Promise<boolean>;
  /** Writes a part that has become a message. */
  shown(index: number, part: DeliveredPart & { message: string }): Promise<boolean>;
  final(final: FinalText): Promise<boolean>;
  /** Ends it; false when it is to be dropped first. */
  end(outcome: DeliveryOutcome): Promise<boolean>;
  /** Lets another process go on at once. Without effect when it is lost or over. */
  release(): Promise<void>;
}

export interface DeliveryState {
  delivery: DeliveryRecord;
  /** By index; a hole is a part that was never begun, or forgotten. */
  parts: (DeliveredPart | undefined)[];
  dropped: boolean;
  final?: FinalText;
  outcome?: DeliveryOutcome;
}
