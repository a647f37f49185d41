import { describe, expect, it } from 'vitest';
import { agreement, distance, mean, percentile, positionErrors } from '../../../inference/engine/verify/compare.ts';

describe('compare', () => {
  it('measures the largest difference, absolute and beside the largest value', () => {
    expect(distance([1, -3, 4], [1, -4, 4])).toEqual({ abs: 1, rel: 0.25 });
    expect(distance([0, 0], [0, 0])).toEqual({ abs: 0, rel: 0 });
  });

  it('never takes NaN, or nothing, for near', () => {
    expect(distance([1, Number.NaN, 3], [1, 2, 3]).rel).toBeNaN();
    expect(distance([1], [1, 2]).abs).toBeNaN();
    expect(agreement([1], [1, 2])).toBe(0.5);
  });

  it('judges logits position by position', () => {
    const same = Float32Array.of(1, 2, 3);
    expect(positionErrors(same, same, 3)).toEqual([{ rms: 0, sameArgmax: true, kl: 0 }]);
    const [error] = positionErrors(Float32Array.of(0, Math.log(3)), Float32Array.of(0, 0), 2);
    // KL((1/2, 1/2), (1/4, 3/4))
    expect(error?.kl).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 6);
    expect(error?.sameArgmax).toBe(false);
  });

  it('takes percentiles between values', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([7], 0.95)).toBe(7);
    expect(mean([1, 2, 6])).toBe(3);
  });
});
