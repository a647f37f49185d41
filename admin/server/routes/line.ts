import type { KeptLine } from '../../../queue/index.ts';
import type { Level, LogLine } from '../../api/logs.ts';

/** pino's numbers. */
export const LEVELS: Record<Level, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 };

/** A line of the log as the page shows it. */
export function logLine({ id, at, line }: KeptLine): LogLine {
  const { level, time: _, msg, pid, trace, job, adapter, ...fields } = line;
  const name = (Object.keys(LEVELS) as Level[]).findLast((it) => LEVELS[it] <= level) ?? 'trace';
  return {
    ...{ id, at, level: name, message: msg, adapter: adapter ?? job?.split(':', 1)[0] ?? null },
    ...{ trace: trace ?? null, jobId: job ?? null, pid: pid ?? null, fields },
  };
}
