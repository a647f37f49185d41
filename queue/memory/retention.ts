import { RETENTION_DAYS } from '../keys.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long turns are kept, in ms. With 0 days a question goes when its reply ends; should that never come, it goes after an
 * hour.
 */
export function keepMsOf(days: number = RETENTION_DAYS): number {
  return days === 0 ? HOUR_MS : days * DAY_MS;
}
