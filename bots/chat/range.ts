/** Which messages a catch-up is about: the last so many, or all since then, in ms since 1970. */
export type Range = { readonly last: number } | { readonly since: number };

const MOST = 2000;
const DAY_MS = 24 * 60 * 60_000;
const units: readonly [words: RegExp, ms: number][] = [
  [/^(?:m|min|mins|minutes?|分|分钟|分鐘)$/, 60_000],
  [/^(?:h|hours?|小时|小時)$/, 60 * 60_000],
  [/^(?:d|days?|天)$/, DAY_MS],
];

/**
 * Reads `50` (messages), `30m`, `2h`, `1d`, or a time of day such as `14:30`, which is UTC and has passed.
 *
 * @param now - ms since 1970
 * @returns undefined when it is none of these.
 */
export function readRange(text: string, now: number): Range | undefined {
  const plain = text.normalize('NFKC').trim().toLowerCase();
  const [, hour, minute] = /^(\d{1,2}):(\d{2})(?:\s*utc)?$/.exec(plain) ?? [];
  if (hour !== undefined && minute !== undefined) return clock(Number(hour), Number(minute), now);
  const [, digits = '', unit = ''] = /^(\d{1,4})\s*(\p{L}*)$/u.exec(plain) ?? [];
  const count = Number(digits);
  if (count === 0) return undefined;
  if (unit === '') return count <= MOST ? { last: count } : undefined;
  const [, ms] = units.find(([words]) => words.test(unit)) ?? [];
  return ms === undefined ? undefined : { since: Math.max(0, now - count * ms) };
}

function clock(hour: number, minute: number, now: number): Range | undefined {
  if (hour > 23 || minute > 59) return undefined;
  const midnight = now - (now % DAY_MS);
  const today = midnight + (hour * 60 + minute) * 60_000;
  return { since: today <= now ? today : today - DAY_MS };
}

/** A moment as people write it: `14:30 UTC`, with the day where that is not today. */
export function momentText(at: number, now: number): string {
  const [day, time = ''] = new Date(at).toISOString().split('T');
  const isToday = day === new Date(now).toISOString().slice(0, 10);
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)} UTC`;
}
