import { readFileSync, writeFileSync } from 'node:fs';
import type { BenchRow } from '../../../queue/measure.ts';
import type { Subject } from './subject.ts';

const BAR = 1.1;

/** Forgets the most memory that this process had. Only Linux knows how. */
export function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the peak is that of the whole process, or unknown.
  }
}

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

/** The most memory that was resident since then, in bytes; undefined where the system does not say. */
export function peakBytes(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
