import { z } from 'zod';

/** A span's figures, as Redis has them. */
export const SpanFigures = z.record(z.string(), z.coerce.number());

/** A reply that failed for good. */
export const Failure = z.object({
  /** In milliseconds since 1970. */
  at: z.number().int().nonnegative(),
  jobId: z.string(),
  persona: z.string(),
  trace: z.string(),
  code: z.string(),
  message: z.string(),
});

export type Failure = z.infer<typeof Failure>;
