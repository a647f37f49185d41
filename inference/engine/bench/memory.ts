import type { BenchRow } from '../../../queue/measure.ts';
import type { Subject } from './subject.ts';

const BAR = 1.1;

/** The most memory that was resident since the model was opened, beside weights, keys and values. Nothing where the system does not say. */
export function benchMemory({ requests, judged, peak }: Subject): BenchRow[] {
  if (peak === undefined) return [];
  const { weightBytes, kvBytes } = requests.stats();
  const [value, limit] = [peak / 1e9, (weightBytes + kvBytes) / 1e9];
  const ratio = value / limit;
  const required = `<= ${Math.round(100 * BAR)} %`;
  return [
    {
      name: 'most memory',
      value,
      unit: 'GB',
      limit,
      ratio,
      ...(judged && { bar: BAR, required, holds: ratio <= BAR }),
    },
  ];
}
