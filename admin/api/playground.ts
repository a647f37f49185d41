import { z } from 'zod';
import { Reason } from '../../queue/schema/reason.ts';
import { Draft, PersonaId, PlayTurn } from './personas.ts';
import { count, type Route } from './route.ts';

/** What the playground overrides of the persona's sampling; the names are the engine's. */
export const SamplingOverride = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  topK: z.number().int().min(0).max(1000).optional(),
  topP: z.number().gt(0).max(1).optional(),
  minP: z.number().min(0).max(0.9).optional(),
  repetitionPenalty: z.number().min(1).max(1.5).optional(),
  dryMultiplier: z.number().min(0).max(5).optional(),
  dryBase: z.number().min(1).max(4).optional(),
  dryAllowedLength: z.number().int().min(1).max(20).optional(),
});
export type SamplingOverride = z.infer<typeof SamplingOverride>;

export const PlayRequest = z.object({
  /** The persona as it is in the editor. */
  draft: Draft,
  /** The conversation so far; the last one is the person's, and is answered. */
  turns: z.array(PlayTurn).min(1).max(200),
  sampling: SamplingOverride.optional(),
  maxTokens: z.number().int().min(1).max(2048).optional(),
  seed: count.max(Number.MAX_SAFE_INTEGER).optional(),
});
export type PlayRequest = z.infer<typeof PlayRequest>;

/** One token; the alternatives are there where the engine gives probabilities (0..1). */
export const PlayToken = z.object({
  id: count,
  text: z.string(),
  probability: z.number().optional(),
  alternatives: z.array(z.object({ text: z.string(), probability: z.number() })).optional(),
});

export type PlayToken = z.infer<typeof PlayToken>;

const params = z.object({ id: PersonaId });
const tag = 'playground';

export const playgroundRoutes = {
  /** A job through the same queue and engine; follow it by `playEvents`. */
  play: {
    method: 'POST',
    url: '/api/playground/:id',
    role: 'operator',
    summary: 'Let a draft answer',
    tag,
    params,
    body: PlayRequest,
    response: z.object({ jobId: z.string() }),
  },
  /** Also shows events that came before. Cancel with `cancelReply`. */
  playEvents: {
    method: 'GET',
    url: '/api/playground/:jobId/events',
    role: 'operator',
    summary: 'The answer as it grows',
    tag,
    params: z.object({ jobId: z.string().max(300) }),
    events: {
      start: z.object({ model: z.string(), promptTokens: count, waitMs: z.number() }),
      piece: z.object({ text: z.string(), tokens: z.array(PlayToken) }),
      end: z.object({
        finish: z.enum(['stop', 'length', 'cancelled', 'failed']),
        text: z.string(),
        error: Reason.optional(),
        figures: z.object({
          promptTokens: count,
          replyTokens: count,
          waitMs: z.number(),
          firstTokenMs: z.number(),
          totalMs: z.number(),
          tokensPerSecond: z.number(),
        }),
      }),
    },
  },
} as const satisfies Record<string, Route>;
