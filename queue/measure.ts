/** What benchmarks over Redis share. */
import type { Redis } from 'ioredis';

/** The value that so many percent of `values` are below; NaN when there are none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}

/** The middle value; NaN where there is none. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The median of a bare round trip to Redis, in ms. */
export async function roundTrip(raw: Redis): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < 1000; at++) {
    const before = performance.now();
    await raw.ping();
    times.push(performance.now() - before);
  }
  return median(times);
}

/** Removes a benchmark's own keys. */
export async function removeKeys(raw: Redis, prefix: string): Promise<void> {
  for await (const keys of raw.scanStream({ match: `${prefix}:*`, count: 1000 })) {
    if (keys.length > 0) await raw.unlink(keys);
  }
}

/** One figure of a benchmark, with what it should be. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What it is compared with, measured in the same run; absent where the row is that limit. */
  limit?: number;
  /** value / limit. */
  ratio?: number;
  /** What the ratio, or without a limit the value, must reach: a latency at most, a rate at least. */
  bar?: number;
  /** In words, where that is not plain. */
  required?: string;
  holds?: boolean;
}
