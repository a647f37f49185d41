import { z } from 'zod';

/** The longest text that one turn may have; the platforms allow less, so more is a mistake or an attack. */
export const LONGEST_TEXT = 16_000;

/** One message in a conversation. */
export const Turn = z.object({
  id: z.string().min(1).max(200),
  role: z.enum(['user', 'persona']),
  author: z.object({ id: z.string().max(200), name: z.string().max(200) }),
  text: z.string().max(LONGEST_TEXT),
  /** When it was written, in milliseconds since 1970. */
  at: z.number().int().nonnegative(),
  /** Which persona spoke, when one did. */
  persona: z.string().optional(),
  /** The turn that this one answers. It belongs right behind it, whatever was said while it was made. */
  answers: z.string().max(200).optional(),
  /** The job that made this turn, when one did. */
  jobId: z.string().optional(),
});

export type Turn = z.infer<typeof Turn>;
