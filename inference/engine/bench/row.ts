/** One figure beside what the machine allows. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  /** What it is compared with, measured in the same run; absent where the row is that limit. */
  limit?: number;
  /** value / limit. */
  ratio?: number;
  /** What the ratio must be at least. */
  bar?: number;
  /** In words, where that is not what is required. */
  required?: string;
  holds?: boolean;
}

/** The middle value; NaN where there is none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
