import { z } from 'zod';

/** A reply of a special kind. */
export const Wants = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('news'), topic: z.string().max(200).optional() }),
  /** The last so many messages, or all since then, in ms since 1970. */
  z.object({
    kind: z.literal('catchup'),
    last: z.number().int().positive().max(2000).optional(),
    since: z.number().int().nonnegative().optional(),
  }),
]);

export type Wants = z.infer<typeof Wants>;
