import { type BenchRow, median } from '../../../queue/measure.ts';
import type { Addon, Device } from '../addon.ts';
import { loadAddon } from '../native/load.ts';
import { benchBusy } from './busy.ts';
import { benchChats } from './chats.ts';
import { benchCost } from './cost.ts';
import { benchMemory } from './memory.ts';
import { forgetPeak } from './peak.ts';
import { benchDecode, benchPrefill, type Reads } from './speed.ts';
import { type Measured, Subject } from './subject.ts';

/** What there is to measure, in this order. */
const parts = {
  decode: benchDecode,
  prefill: benchPrefill,
  cost: benchCost,
  busy: benchBusy,
  chats: benchChats,
  memory: async (subject: Subject) => benchMemory(subject),
} satisfies Record<string, (subject: Subject, reads: Reads) => Promise<BenchRow[]>>;

export type Part = keyof typeof parts;
export const PARTS = Object.keys(parts) as Part[];

export interface BenchOptions {
  /** Folders with one model, its weights kept in different ways. */
  folders: readonly string[];
  device: Device;
  /** Every figure comes with each of these numbers of threads. 0 = as many as the engine takes by itself. */
  threads: readonly number[];
  /** Only these parts; absent: all. */
  only?: readonly Part[];
  addon?: Addon;
  /** Hears what is measured next, and how much of all is done: the parts take unequal times. */
  onPart?: (next: string, fraction: number) => void;
  /** Hears each figure when it is there. */
  onRow?: (row: BenchRow) => void;
}

/**
 * How fast a model runs, beside how fast this machine could: reading the weights bounds decoding, multiplying them bounds prefill.
 * The limits drift on shared machines, so they are measured before and after each figure and the ratio is taken there and then.
 * On a card there are none: `npm run bench:gpu` measures it, kernel by kernel.
 */
export async function benchEngine({
  folders,
  device,
  threads,
  only = PARTS,
  addon = loadAddon(),
  onPart,
  onRow,
}: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const rates = new Map<number, Measured[]>();
  const all = folders.length * threads.length * only.length;
  for (const [f, folder] of folders.entries()) {
    const reads: Reads = new Map();
    const done = new Set<number>();
    for (const [t, count] of threads.entries()) {
      forgetPeak();
      const subject = await Subject.open(folder, device, count, addon);
      try {
        if (done.has(subject.threads)) continue;
        done.add(subject.threads);
        const setting = `${subject.dtype}, ${inThreads(subject.threads)}`;
        for (const [p, part] of only.entries()) {
          onPart?.(`${part}, ${setting}`, ((f * threads.length + t) * only.length + p) / all);
          for (const measured of await parts[part](subject, reads)) {
            const row = { ...measured, name: `${measured.name}, ${setting}` };
            rows.push(row);
            onRow?.(row);
          }
        }
        rates.set(subject.threads, [...(rates.get(subject.threads) ?? []), ...subject.rates]);
      } finally {
        await subject.close();
      }
    }
  }
  return [...[...rates].flatMap(([count, measured]) => limits(measured, inThreads(count))), ...rows];
}

/** What the machine could do, at the middle of the times that it was measured. */
function limits(rates: readonly Measured[], setting: string): BenchRow[] {
  if (rates.length === 0) return [];
  const giga = (name: keyof Measured) => median(rates.map((r) => r[name] / 1e9));
  return [
    { name: `read bandwidth, ${setting}`, value: giga('memoryBandwidth'), unit: 'GB/s' },
    { name: `the same of the weights, ${setting}`, value: giga('readBandwidth'), unit: 'GB/s' },
    { name: `multiply-add rate, ${setting}`, value: giga('fmaRate'), unit: 'GFLOP/s' },
  ];
}

function inThreads(count: number): string {
  return count === 1 ? '1 thread' : `${count} threads`;
}
