import { RETENTION_DAYS, STAY } from '../keys.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * How long turns are kept, in ms. With 0 days a question goes when its reply ends; should that never come, it goes when the
 * reply's stream would.
 */
export function keepMsOf(days: number = RETENTION_DAYS): number {
  return days === 0 ? STAY.stream * 1000 : days * DAY_MS;
}
