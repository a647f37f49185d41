import { createHash } from 'node:crypto';
import { z } from 'zod';
import { patterns } from './patterns.ts';
import { LONGEST_TEXT } from './turn.ts';
import { Wants } from './wants.ts';

const id = z.string().min(1).max(200);

/** One reply to be made. The text to answer is in the conversation, under `turnId`. */
export const Job = z.object({
  /** `platform:message id`, so that the same message twice is one job. */
  id: id.regex(/^[^:\s]+:\S+$/, 'must be made of platform, ":" and message id'),
  platform: id,
  /** `platform:chat`. */
  conversation: id,
  turnId: id,
  persona: id,
  /** Who its tokens count for, `platform:id` each. */
  user: id.optional(),
  server: id.optional(),
  locale: z.string().max(35).optional(),
  /** One of the persona's moods; one that it does not have changes nothing. */
  mood: z.string().max(24).optional(),
  /** What is refused in this place besides what the persona refuses: in questions, and in replies. */
  blocked: z.object({ input: patterns.exactOptional(), output: patterns.exactOptional() }).exactOptional(),
  /** What this one reply overrides of the persona's sampling. */
  sampling: z.record(z.string().max(64), z.number()).optional(),
  maxTokens: z.number().int().positive().optional(),
  /** With each token, so many of the likeliest are published. */
  topLogprobs: z.number().int().positive().max(20).optional(),
  /** How many days the turns of this conversation are kept, see `Settings`. Default: 30. */
  retentionDays: z.number().int().nonnegative().max(36_500).optional(),
  /** A reply that must be over before this one begins: one person gets one answer at a time. */
  after: id.optional(),
  /** A persona that is only tried, and is not in the files: its fields, checked by the worker. It answers instead of `persona`. */
  draft: z.record(z.string().max(64), z.unknown()).optional(),
  /** What is wanted, where it is not just an answer: the day's headlines, or what was said meanwhile. */
  wants: Wants.optional(),
  /** How the reply begins already; the model goes on from there. */
  begun: z.string().max(LONGEST_TEXT).optional(),
  seed: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Goes through every log line that this reply causes. */
  trace: z.string().min(1).max(64),
  /** When the message came in, in milliseconds since 1970. */
  createdAt: z.number().int().nonnegative(),
});

export type Job = z.infer<typeof Job>;

/** A job as it is submitted: the queue fills in what has a default, and `turnId` from the turn. */
export type NewJob = Omit<Job, 'turnId' | 'seed' | 'trace' | 'createdAt'> &
  Partial<Pick<Job, 'turnId' | 'seed' | 'trace' | 'createdAt'>>;

/** What stands for a job of which only the id is known: another version of Wisecrack wrote it, or nobody added it. */
export function orphanJob(id: string): Job {
  return { id, platform: '', conversation: '', turnId: '', persona: '', seed: 0, trace: '', createdAt: Date.now() };
}

/** The seed of a job that names none: the same message gets the same reply, also on the next attempt. */
export function seedOf(jobId: string): number {
  return Number(createHash('sha256').update(jobId).digest().readBigUInt64BE() >> 11n);
}
