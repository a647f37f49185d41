import { z } from 'zod';

/** The longest text that one turn may have; the platforms allow less, so more is a mistake or an attack. */
export const LONGEST_TEXT = 16_000;

/** Something that was put into the chat behind a turn, once: a headline that fitted the talk. */
export const Note = z.object({ id: z.string().max(100), text: z.string().min(1).max(400) });

export type Note = z.infer<typeof Note>;

/** One message in a conversation. */
export const Turn = z.object({
  id: z.string().min(1).max(200),
  role: z.enum(['user', 'persona']),
  /** A person's id is `platform:id`, e.g. `discord:123`: what is stored of them is found by it. A persona's is its own. */
  author: z.object({ id: z.string().max(200), name: z.string().max(200) }),
  text: z.string().max(LONGEST_TEXT),
  /** When it was written, in milliseconds since 1970. */
  at: z.number().int().nonnegative(),
  /** Which persona spoke, when one did. */
  persona: z.string().optional(),
  /** The job that made this turn, when one did. */
  jobId: z.string().optional(),
  /** The turn that this one answers, when it is a reply. */
  replyTo: z.string().optional(),
  notes: z.array(Note).max(8).optional(),
});

export type Turn = z.infer<typeof Turn>;
