import { type BenchRow, median } from '../../../queue/measure.ts';
import { expertsRead, runLoad } from './load.ts';
import { decodeWork, leastSeconds, prefillWork, type Rates } from './roofline.ts';
import { STEP_TOKENS, type Subject } from './subject.ts';

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
const ROUNDS = 3;
/** How often something is done at most before it counts, and from which gain on it is still getting faster. */
const WARM_UPS = 10;
const FASTER = 1.03;

/** Experts that each load reads, by its number of sequences: the same with any number of threads, and long to find out. */
export type Reads = Map<number, number>;

/** Tokens/s of so many sequences beside what reading the weights allows. Medians of several rounds. */
export async function benchDecode(subject: Subject, reads: Reads): Promise<BenchRow[]> {
  const { requests, judged, weightBytes } = subject;
  const rows: BenchRow[] = [];
  for (const { sequences, bar } of BATCHES) {
    const load = { sequences, prompt: PROMPT, reply: judged ? 17 : 97, seed: sequences };
    if (!reads.has(sequences)) {
      const { tokens } = await runLoad(requests, load);
      reads.set(sequences, await expertsRead(requests, tokens, PROMPT));
    }
    const work = decodeWork(requests.config, sequences, reads.get(sequences) ?? 0, weightBytes);
    if (judged) await warmUp(async () => (await runLoad(requests, load)).tokensPerSecond);
    const rounds = await repeat(judged ? ROUNDS : 1, () =>
      subject.beside(async () => (await runLoad(requests, load)).tokensPerSecond),
    );
    rows.push(
      against(`decode ${sequences}`, rounds, (r) => sequences / leastSeconds(work, r), judged ? bar : undefined),
    );
  }
  return rows;
}

/** Tokens/s of a prompt beside what multiplying by the weights allows. The median of several rounds. */
export async function benchPrefill(subject: Subject): Promise<BenchRow[]> {
  const { requests, judged, weightBytes } = subject;
  const prompt = Math.min(PREFILL.tokens, Math.floor(requests.config.sequenceLen / 2));
  const work = prefillWork(requests.config, prompt, Math.ceil(prompt / STEP_TOKENS), weightBytes);
  let seed = 100;
  const read = async () => {
    // Another prompt each time: what the prefix cache has costs nothing.
    const { firstMs } = await runLoad(requests, { sequences: 1, prompt, reply: 2, seed: seed++ });
    return (1000 * prompt) / firstMs;
  };
  if (judged) await warmUp(read);
  const rounds = await repeat(judged ? ROUNDS : 1, () => subject.beside(read));
  const limit = (r: Rates) => prompt / leastSeconds(work, r);
  return [against(`prefill ${prompt}`, rounds, limit, judged ? PREFILL.bar : undefined)];
}

/**
 * Does it until it gets no faster. In a virtual machine a process reads memory that is new to it at a twentieth of the speed, and a few more
 * times at a half, until the host knows its pages; a worker runs for days.
 */
async function warmUp(speedOf: () => Promise<number>): Promise<void> {
  let best = 0;
  for (let at = 0; at < WARM_UPS; at++) {
    const speed = await speedOf();
    if (speed < best * FASTER) return;
    best = Math.max(best, speed);
  }
}

async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < times) results.push(await work());
  return results;
}

/** A figure, and what the processor allowed there and then. */
interface Round {
  value: number;
  rates?: Rates;
}

function against(name: string, rounds: Round[], limitAt: (rates: Rates) => number, bar: number | undefined): BenchRow {
  const value = median(rounds.map((round) => round.value));
  const limited = rounds.flatMap(({ value, rates }) => (rates ? [{ value, limit: limitAt(rates) }] : []));
  if (limited.length === 0) return { name, value, unit: 'tokens/s' };
  const ratio = median(limited.map((round) => round.value / round.limit));
  const limit = median(limited.map((round) => round.limit));
  return { name, value, unit: 'tokens/s', limit, ratio, ...(bar !== undefined && { bar, holds: ratio >= bar }) };
}
