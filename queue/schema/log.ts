import { z } from 'zod';

/** A line of a process's log, as pino writes it. */
export const LogLine = z.looseObject({
  level: z.number().int(),
  time: z.union([z.string(), z.number()]),
  msg: z.string().default(''),
  pid: z.number().int().optional(),
  trace: z.string().optional(),
  job: z.string().optional(),
  adapter: z.string().optional(),
});

export type LogLine = z.infer<typeof LogLine>;
