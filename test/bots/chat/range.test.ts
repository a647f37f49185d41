import { describe, expect, it } from 'vitest';
import { momentText, readRange } from '../../../bots/chat/range.ts';

const NOW = Date.UTC(2026, 10, 25, 14, 40, 30);
const at = (day: number, hour: number, minute: number) => Date.UTC(2026, 10, day, hour, minute);

describe('what a catch-up is about', () => {
  it.each([
    ['50', { last: 50 }],
    [' ５０ ', { last: 50 }],
    ['2000', { last: 2000 }],
    ['30m', { since: NOW - 30 * 60_000 }],
    ['30 minutes', { since: NOW - 30 * 60_000 }],
    ['30分钟', { since: NOW - 30 * 60_000 }],
    ['2h', { since: NOW - 2 * 3_600_000 }],
    ['2 小时', { since: NOW - 2 * 3_600_000 }],
    ['1D', { since: NOW - 24 * 3_600_000 }],
    ['3天', { since: NOW - 72 * 3_600_000 }],
    ['14:40', { since: at(25, 14, 40) }],
    ['9:05', { since: at(25, 9, 5) }],
    ['14:41', { since: at(24, 14, 41) }],
    ['23：00 UTC', { since: at(24, 23, 0) }],
  ])('is read of %j', (text, range) => expect(readRange(text, NOW)).toEqual(range));

  it.each(['', '0', '-1', '2001', '99999', '0h', '2 moons', 'h', '1.5h', '24:00', '12:60', '1:2', 'yesterday', '1e3'])(
    'is not read of %j',
    (text) => expect(readRange(text, NOW)).toBeUndefined(),
  );

  it('is said with its day only when that is another one', () => {
    expect(momentText(at(25, 9, 5), NOW)).toBe('09:05 UTC');
    expect(momentText(at(24, 14, 41), NOW)).toBe('2026-11-24 14:41 UTC');
  });
});
