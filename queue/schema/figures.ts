import { z } from 'zod';
import { Reason } from './reason.ts';

/** A span's figures, as Redis has them. */
export const SpanFigures = z.record(z.string(), z.coerce.number());

/** A reply that failed for good. */
export const Failure = Reason.extend({
  /** In milliseconds since 1970. */
  at: z.number().int().nonnegative(),
  jobId: z.string(),
  persona: z.string(),
  trace: z.string(),
});

export type Failure = z.infer<typeof Failure>;
