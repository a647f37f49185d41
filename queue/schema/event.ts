import { z } from 'zod';
import { Reason } from './reason.ts';

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

/** What one reply took. */
export const Figures = z.object({
  promptTokens: count,
  replyTokens: count,
  /** From the message's arrival to the worker's start. */
  waitMs: milliseconds,
  /** From the worker's start to the first piece. */
  firstTokenMs: milliseconds,
  /** From the worker's start to the end, of the attempt that ended it. */
  totalMs: milliseconds,
  tokensPerSecond: z.number().nonnegative(),
});

export type Figures = z.infer<typeof Figures>;

/** Why a reply ended. */
export const Finish = z.enum(['stop', 'length', 'cancelled', 'failed']);

export type Finish = z.infer<typeof Finish>;

/** An attempt begins. There is one of these for each attempt; the pieces go on where the last attempt stopped. */
export const Start = z.object({
  type: z.literal('start'),
  attempt: count,
  persona: z.string(),
  model: z.string(),
  promptTokens: count,
  waitMs: milliseconds,
});

/** How likely a token was, and what else might have come: natural logarithms of probabilities. */
export const Chance = z.object({
  logprob: z.number(),
  top: z.array(z.object({ token: count, logprob: z.number() })).readonly(),
});

export type Chance = z.infer<typeof Chance>;

/**
 * Some text of a reply as it streams, and the tokens that it came from; either may be empty. `chances`, one for each token, where the job
 * asks for them and the engine has them.
 */
export const Piece = z.object({
  ...{ type: z.literal('piece'), text: z.string(), tokens: z.array(count) },
  chances: z.array(Chance).optional(),
});

/** The reply is over; nothing comes after this. */
export const End = z.object({
  type: z.literal('end'),
  finish: Finish,
  /** The whole reply. */
  text: z.string(),
  error: Reason.optional(),
  figures: Figures,
});

/** What a follower of a reply sees. */
export const ReplyEvent = z.discriminatedUnion('type', [Start, Piece, End]);

export type Start = z.infer<typeof Start>;
export type Piece = z.infer<typeof Piece>;
export type End = z.infer<typeof End>;

/** An event and its place in the stream; give `id` to `follow({ from })` to go on after it. */
export type ReplyEvent = z.infer<typeof ReplyEvent> & { id: string };
