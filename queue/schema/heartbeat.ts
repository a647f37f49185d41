import { z } from 'zod';

/** A process that says it lives: a worker or a platform's adapter. May carry more than this; the rest is kept. */
export const Heartbeat = z.looseObject({
  id: z.string().min(1).max(200),
  kind: z.enum(['worker', 'adapter', 'admin']),
  name: z.string().max(200),
  startedAt: z.number().int().nonnegative(),
  model: z.string().optional(),
  /** How many replies a worker makes at once. */
  slots: z.number().int().positive().optional(),
});

export type Heartbeat = z.infer<typeof Heartbeat>;
