import { z } from 'zod';

/** What a conversation was about before its window begins. */
export const Summary = z.object({
  /** One line, or nothing, when what the model wrote was no good. */
  text: z.string().max(8000),
  /** The last turn that it covers. */
  through: z.string().min(1),
  /** Of all turns that it covers: when one of them is changed or gone, the summary does not hold any more. */
  digest: z.string().min(1),
});

export type Summary = z.infer<typeof Summary>;
