/** The queue's public types: what `openQueue` gives, and what a worker's handler gets and returns. */
import type { Redis } from 'ioredis';
import type { Figures, Finish, Heartbeat, Job, NewJob, ReplyEvent, Turn } from './schema/index.ts';

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
  /** The jobs before this one, itself included: 1 is taken next; 0 means that it does not wait. */
  position(jobId: string): Promise<number>;
  counts(): Promise<Counts>;
  readonly conversations: Conversations;
  readonly heartbeats: Heartbeats;
  /** Ends followers and connections. Close workers first. */
  close(): Promise<void>;
}

export interface Submitted {
  jobId: string;
  /** Whether this job had been submitted before. */
  duplicate: boolean;
  position: number;
}

/** What a cancel met: a reply in the making, one that waited, or none (never submitted, or over). */
export type Cancelled = 'running' | 'waiting' | 'finished';

export interface Counts {
  waiting: number;
  active: number;
  /** Waiting for its next attempt. */
  delayed: number;
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
  publish(text: string, tokens: number[]): Promise<void>;
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
  getPersona(): Promise<string | undefined>;
}

export interface Conversations {
  /** Adds a turn; false when one with its id is there already. */
  append(conversation: string, turn: Turn): Promise<boolean>;
  /** The last `last` turns, oldest first. Default: all that are kept. */
  read(conversation: string, last?: number): Promise<Turn[]>;
  /** Forgets the turns; the persona stays. A reply in the making will not join. */
  clear(conversation: string): Promise<void>;
  setPersona(conversation: string, persona: string): Promise<void>;
  getPersona(conversation: string): Promise<string | undefined>;
}

export interface Heartbeats {
  /** Says that this process lives, for `ttlMs` (default 15,000) from now. */
  beat(heartbeat: Heartbeat, ttlMs?: number): Promise<void>;
  /** Says goodbye before the time is over. */
  stop(id: string): Promise<void>;
  list(): Promise<Heartbeat[]>;
}
