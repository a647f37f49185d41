import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf, type Histogram, percentileOf } from '../../../queue/figures/histogram.ts';

test('a percentile is off by less than a tenth', () => {
  const durations = fc.array(fc.double({ min: 2, max: 5_000_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.constantFrom(50, 95, 99), (values, percent) => {
      const histogram: Histogram = new Map();
      for (const value of values) histogram.set(bucketOf(value), (histogram.get(bucketOf(value)) ?? 0) + 1);
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
      const found = percentileOf(histogram, percent) ?? 0;
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * 0.1 + 0.1);
    }),
  );
});

test('of nothing there is no percentile, and the longest and shortest durations have a place', () => {
  expect(percentileOf(new Map(), 50)).toBeNull();
  expect(percentileOf(new Map([[bucketOf(0), 1]]), 50)).toBe(1);
  expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(bucketOf(1e12));
});
