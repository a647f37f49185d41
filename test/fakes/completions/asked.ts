import { z } from 'zod';

/** What the servers take. What they do not know they ignore, and so does the fake. */
export const Asked = z.object({
  model: z.string().optional(),
  prompt: z.union([z.string(), z.array(z.int().min(0)).min(1)]),
  max_tokens: z.int().positive().default(16),
  temperature: z.number().min(0).default(1),
  top_p: z.number().positive().max(1).default(1),
  top_k: z.int().default(-1),
  min_p: z.number().min(0).max(1).default(0),
  repetition_penalty: z.number().positive().default(1),
  repeat_penalty: z.number().positive().default(1),
  repeat_last_n: z.int().default(64),
  dry_multiplier: z.number().default(0),
  dry_base: z.number().default(1.75),
  dry_allowed_length: z.int().default(2),
  seed: z.int().optional(),
  stop: z.array(z.string()).default([]),
  stop_token_ids: z.array(z.int()).default([]),
  logit_bias: z
    .union([z.record(z.string(), z.number()), z.array(z.tuple([z.int(), z.union([z.number(), z.literal(false)])]))])
    .default({}),
  min_tokens: z.int().min(0).default(0),
  stream: z.literal(true),
  return_token_ids: z.boolean().default(false),
});
export type Asked = z.output<typeof Asked>;

/** The tokens that must not be drawn. */
export function bannedIn({ logit_bias: bias }: Asked): number[] {
  return Array.isArray(bias)
    ? bias.flatMap(([token, value]) => (value === false ? [token] : []))
    : Object.entries(bias).flatMap(([token, value]) => (value <= -100 ? [Number(token)] : []));
}
