import type { Addon, ModelConfig, NativeRequest } from './addon.ts';
import { loadAddon } from './native/load.ts';
import { openModel } from './native/open.ts';
import type { ModelRequests } from './native/requests.ts';

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
  /** 0 = cores - 1, at least 1. */
  threads: number;
  addon?: Addon;
}

/** A chat's prompt without its persona, which is cached. */
const PROMPT = 300;
const REPLY = 96;
const ROUNDS = 3;
/** What llama.cpp reaches on CPUs is 0.74 to 0.83 (decode) and 0.22 to 0.5 (prefill) of the same limits. */
const BARS = { decode: 0.6, prefill: 0.25 };
/** Below so many bytes per token nothing is required: a toy's weights stay in the cache, and starting each step is what takes time. */
const JUDGED_FROM = 64e6;

/**
 * How fast a model runs, beside how fast this machine could: decoding is bound by reading the weights, prefill by multiplying them.
 * The limits are measured in the same minute, for they drift on shared machines.
 */
export async function benchEngine({ folder, threads, addon = loadAddon() }: BenchOptions): Promise<BenchRow[]> {
  const machine = await addon.measure(threads);
  const requests = await openModel({
    folder,
    device: 'cpu',
    activations: 'bf16',
    threads,
    maxSequences: 1,
    context: 0,
    addon,
  });
  try {
    const { config } = requests;
    const prompt = Math.min(PROMPT, Math.floor(config.sequenceLen / 2));
    const reply = Math.min(REPLY, config.sequenceLen - prompt - 1);
    await time(requests, prompt, reply, 0);
    const rounds: Times[] = [];
    for (let round = 1; round <= ROUNDS; round++) rounds.push(await time(requests, prompt, reply, round));

    const first = median(rounds.map((times) => times.firstMs));
    const perToken = median(rounds.map((times) => times.tokenMs));
    const decodeLimit = machine.readBandwidth / decodeBytes(config);
    const prefillLimit = machine.fmaRate / prefillFlops(config, prompt);
    const judged = decodeBytes(config) >= JUDGED_FROM;
    const firstLimit = (1000 * prompt) / prefillLimit;
    return [
      { name: 'read bandwidth', value: machine.readBandwidth / 1e9, unit: 'GB/s' },
      { name: 'multiply-add rate', value: machine.fmaRate / 1e9, unit: 'GFLOP/s' },
      against({ name: 'decode', value: 1000 / perToken, unit: 'tokens/s' }, decodeLimit, judged && BARS.decode),
      against(
        { name: `prefill ${prompt}`, value: (1000 * prompt) / first, unit: 'tokens/s' },
        prefillLimit,
        BARS.prefill,
      ),
      { name: `first token after ${prompt}`, value: first, unit: 'ms', limit: firstLimit, ratio: firstLimit / first },
    ];
  } finally {
    await requests.close();
  }
}

/** Bytes of weights, 2 each, that one token reads: attention, router, the chosen experts, and the embedding that gives the logits. */
export function decodeBytes(config: ModelConfig): number {
  return 2 * (config.numLayers * layerWeights(config) + config.vocabSize * config.embSize);
}

/** Operations per token of a prompt of this length: 2 per weight, and the attention to half the prompt on average; only its end needs logits. */
export function prefillFlops(config: ModelConfig, prompt: number): number {
  const attention = 2 * 2 * config.numQHeads * config.keySize * (prompt / 2);
  return config.numLayers * (2 * layerWeights(config) + attention) + (2 * config.vocabSize * config.embSize) / prompt;
}

function layerWeights({
  embSize,
  numQHeads,
  numKvHeads,
  keySize,
  ffnSize,
  numExperts,
  numSelectedExperts,
}: ModelConfig): number {
  const attention = 2 * embSize * keySize * (numQHeads + numKvHeads);
  return attention + embSize * numExperts + 3 * embSize * ffnSize * numSelectedExperts;
}

interface Times {
  /** From the request to its first token. */
  firstMs: number;
  /** Mean of the tokens after that. */
  tokenMs: number;
}

async function time(requests: ModelRequests, prompt: number, reply: number, round: number): Promise<Times> {
  const start = performance.now();
  let first = Number.NaN;
  let count = 0;
  for await (const events of requests.run(request(requests.config, prompt, reply, round))) {
    if (count === 0) first = performance.now();
    count += events.filter((event) => event.token >= 0).length;
  }
  return { firstMs: first - start, tokenMs: (performance.now() - first) / (count - 1) };
}

/** Another prompt each round: a prefix that is cached would cost nothing. */
function request({ vocabSize }: ModelConfig, prompt: number, maxTokens: number, round: number): NativeRequest {
  const none = new Int32Array(0);
  const sampling = {
    ...{ temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: round },
    ...{ dryMultiplier: 0, dryBase: 1, dryAllowedLength: 0 },
  };
  return {
    tokens: Int32Array.from(
      { length: prompt },
      (_, i) => 4 + (((i + 1) * 48271 + (round + 1) * 16807) % (vocabSize - 4)),
    ),
    ...{ resumed: 0, maxTokens, sampling, penaltyStart: prompt, minTokens: 0 },
    ...{ dryBreakers: none, stopTokens: none, bannedTokens: none, bannedFirst: none },
  };
}

function against(row: BenchRow, limit: number, bar: number | false): BenchRow {
  const ratio = row.value / limit;
  return { ...row, limit, ratio, ...(bar === false ? {} : { bar, holds: ratio >= bar }) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
