import { z } from 'zod';

/** Why a reply failed: in English, and what other languages make it of, where the error is one of ours (errors.ts). */
export const Reason = z.object({
  code: z.string(),
  message: z.string(),
  values: z.record(z.string(), z.unknown()).optional(),
});

export type Reason = z.infer<typeof Reason>;
