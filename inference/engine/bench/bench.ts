import type { Addon, Device } from '../addon.ts';
import { loadAddon } from '../native/load.ts';
import { openModel } from '../native/open.ts';
import { expertsRead, runLoad } from './load.ts';
import { decodeWork, leastSeconds, prefillWork, type Rates, weightCount } from './roofline.ts';

/** One figure beside what the machine allows. */
export interface BenchRow {
  name: string;
  value: number;
  unit: 'tokens/s' | 'ms' | 'GB/s' | 'GFLOP/s';
  /** The same figure if the machine's limit were reached; absent where the row is that limit. */
  limit?: number;
  /** How much of the limit is reached, 0..1. */
  ratio?: number;
  /** The ratio that must be reached. */
  bar?: number;
  holds?: boolean;
}

export interface BenchOptions {
  folder: string;
  device: Device;
  /** 0 = cores - 1, at least 1. */
  threads: number;
  addon?: Addon;
}

/** Sequences that decode at once, and how much of the limit they must reach. */
const BATCHES = [
  { sequences: 1, bar: 0.9 },
  { sequences: 4, bar: 0.8 },
  { sequences: 8, bar: 0.8 },
  { sequences: 16, bar: 0.8 },
];
/** A prompt of one KV block, which the prefix cache keeps from round to round. */
const PROMPT = 16;
const PREFILL = { tokens: 512, bar: 0.75 };
/** Tokens that a step computes at most: the engine's default. */
const STEP_TOKENS = 256;
const ROUNDS = 3;
/** Below so many bytes of weights nothing is required: a toy stays in the cache, and starting each step is what takes time. */
const JUDGED_FROM = 500e6;

/**
 * How fast a model runs, beside how fast this machine could: reading the weights bounds decoding, multiplying them bounds prefill.
 * The limits drift on shared machines, so they are measured before and after each figure and the ratio is taken there and then. All values
 * are medians of several rounds. On a card there are no limits: `npm run bench:gpu` measures it, kernel by kernel.
 */
export async function benchEngine({ folder, device, threads, addon = loadAddon() }: BenchOptions): Promise<BenchRow[]> {
  const options = { activations: 'bf16', maxSequences: 16, context: 0, stepTokens: STEP_TOKENS } as const;
  const requests = await openModel({ folder, device, threads, addon, ...options });
  try {
    const { config } = requests;
    const weightBytes = requests.stats().weightBytes / weightCount(config);
    const judged = requests.stats().weightBytes >= JUDGED_FROM;
    const times = judged ? ROUNDS : 1;
    const reply = judged ? 17 : 97;
    const onCpu = requests.model.device.startsWith('cpu');
    const rates: Rates[] = onCpu ? [await addon.measure(threads)] : [];
    const measured = async (work: () => Promise<number>): Promise<Round> => {
      const value = await work();
      const before = rates.at(-1);
      if (!before) return { value };
      const after = await addon.measure(threads);
      rates.push(after);
      const both = { readBandwidth: mean(before, after, 'readBandwidth'), fmaRate: mean(before, after, 'fmaRate') };
      return { value, rates: both };
    };

    const rows: BenchRow[] = [];
    for (const { sequences, bar } of BATCHES) {
      const load = { sequences, prompt: PROMPT, reply, seed: sequences };
      const { tokens } = await runLoad(requests, load);
      const work = decodeWork(config, sequences, await expertsRead(requests, tokens, PROMPT), weightBytes);
      const rounds = await repeat(times, () => measured(async () => (await runLoad(requests, load)).tokensPerSecond));
      const name = `decode ${sequences}`;
      rows.push(against(name, rounds, (r) => sequences / leastSeconds(work, r), judged ? bar : undefined));
    }
    const prompt = Math.min(PREFILL.tokens, Math.floor(config.sequenceLen / 2));
    const work = prefillWork(config, prompt, Math.ceil(prompt / STEP_TOKENS), weightBytes);
    const rounds = await repeat(times, (seed) =>
      measured(async () => {
        // Another prompt each round: what the prefix cache has costs nothing.
        const { firstMs } = await runLoad(requests, { sequences: 1, prompt, reply: 2, seed: 100 + seed });
        return (1000 * prompt) / firstMs;
      }),
    );
    const prefill = against(
      `prefill ${prompt}`,
      rounds,
      (r) => prompt / leastSeconds(work, r),
      judged ? PREFILL.bar : undefined,
    );
    return [...limitsOf(rates), ...rows, prefill];
  } finally {
    await requests.close();
  }
}

async function repeat<T>(times: number, work: (round: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let round = 0; round < times; round++) results.push(await work(round));
  return results;
}

/** A figure, and what the processor allowed there and then. */
interface Round {
  value: number;
  rates?: Rates;
}

function limitsOf(rates: readonly Rates[]): BenchRow[] {
  if (rates.length === 0) return [];
  return [
    { name: 'read bandwidth', value: median(rates.map((r) => r.readBandwidth)) / 1e9, unit: 'GB/s' },
    { name: 'multiply-add rate', value: median(rates.map((r) => r.fmaRate)) / 1e9, unit: 'GFLOP/s' },
  ];
}

function against(name: string, rounds: Round[], limitAt: (rates: Rates) => number, bar: number | undefined): BenchRow {
  const row: BenchRow = { name, value: median(rounds.map(({ value }) => value)), unit: 'tokens/s' };
  const limited = rounds.flatMap(({ value, rates }) => (rates ? [{ value, limit: limitAt(rates) }] : []));
  if (limited.length === 0) return row;
  const ratio = median(limited.map(({ value, limit }) => value / limit));
  const limit = median(limited.map((round) => round.limit));
  return { ...row, limit, ratio, ...(bar !== undefined && { bar, holds: ratio >= bar }) };
}

function mean(a: Rates, b: Rates, name: keyof Rates): number {
  return (a[name] + b[name]) / 2;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
