/** Each bucket is a fifth wider than the one before: a percentile is off by less than a tenth, in some 80 numbers at most. */
const GROWTH = Math.log(1.2);
const MOST = 90;

/** The bucket of a duration in ms. */
export function bucketOf(ms: number): number {
  return Math.min(MOST, Math.max(0, Math.ceil(Math.log(Math.max(1, ms)) / GROWTH)));
}

/** The middle of a bucket, in ms. */
const middleOf = (bucket: number) => Math.exp((bucket - 0.5) * GROWTH);

/** A count of durations by bucket. */
export type Histogram = Map<number, number>;

/** The duration that `percent` of all do not exceed, in ms; null when there is none. */
export function percentileOf(histogram: Histogram, percent: number): number | null {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let seen = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= (total * percent) / 100) return bucket === 0 ? 1 : Math.round(middleOf(bucket) * 10) / 10;
  }
  return null;
}
