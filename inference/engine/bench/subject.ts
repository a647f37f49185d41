import type { Addon, Device } from '../addon.ts';
import { openModel } from '../native/open.ts';
import type { ModelRequests } from '../native/requests.ts';
import { forgetPeak, peakBytes } from './peak.ts';
import { layerWeightBytes, type Rates } from './roofline.ts';

/** Below so many bytes of weights no speed is required: a toy stays in the cache, and starting each step is what takes time. */
const JUDGED_FROM = 500e6;
/** Requests that decode at once, at most. */
export const SEQUENCES = 16;
/** Tokens that a step computes at most: the engine's default. */
export const STEP_TOKENS = 256;

/** What the machine could do at some time, per second. */
export interface Measured extends Rates {
  /** Read bandwidth of memory that no cache holds, in large pages. */
  memoryBandwidth: number;
}

/** A model that is open, and the machine beside it. */
export class Subject {
  readonly requests: ModelRequests;
  readonly threads: number;
  /** How its weights are kept. */
  readonly dtype: 'bf16' | 'int8';
  /** Bytes of a weight in its layers. */
  readonly weightBytes: number;
  /** Whether the figures are held against a bar. */
  readonly judged: boolean;
  /** What the processor could do, each time that it was measured; nothing where a card computes. */
  readonly rates: Measured[] = [];
  readonly #addon: Addon;
  #peak = 0;

  private constructor(requests: ModelRequests, addon: Addon) {
    const { weightBytes, threads } = requests.stats();
    this.requests = requests;
    this.threads = threads;
    this.weightBytes = layerWeightBytes(requests.config, weightBytes);
    this.dtype = this.weightBytes < 1.5 ? 'int8' : 'bf16';
    this.judged = weightBytes >= JUDGED_FROM;
    this.#addon = addon;
  }

  /** @param threads - 0: as many as the engine takes by itself. @throws what opening a model throws */
  static async open(folder: string, device: Device, threads: number, addon: Addon): Promise<Subject> {
    const sizes = { maxSequences: SEQUENCES, context: 0, stepTokens: STEP_TOKENS };
    return new Subject(await openModel({ folder, device, activations: 'bf16', threads, addon, ...sizes }), addon);
  }

  /** Does some work, and says what the processor could do before and after it: on shared machines that drifts. */
  async beside<T>(work: () => Promise<T>): Promise<{ value: T; rates?: Rates }> {
    if (!this.requests.model.device.startsWith('cpu')) return { value: await work() };
    const before = this.rates.at(-1) ?? (await this.#measure());
    const value = await work();
    const after = await this.#measure();
    const mean = (name: keyof Rates) => (before[name] + after[name]) / 2;
    return { value, rates: { readBandwidth: mean('readBandwidth'), fmaRate: mean('fmaRate') } };
  }

  close(): Promise<void> {
    return this.requests.close();
  }

  /** The most memory that was resident since the model was opened, without what measuring the machine takes. */
  get peak(): number | undefined {
    const now = peakBytes();
    return now === undefined ? undefined : Math.max(this.#peak, now);
  }

  async #measure(): Promise<Measured> {
    this.#peak = this.peak ?? 0;
    const { readBandwidth: memoryBandwidth, fmaRate } = await this.#addon.measure(this.threads);
    const rates = { memoryBandwidth, readBandwidth: await this.requests.model.readRate(this.threads), fmaRate };
    forgetPeak();
    this.rates.push(rates);
    return rates;
  }
}
