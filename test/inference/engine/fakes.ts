import type {
  Addon,
  EngineStats,
  ModelConfig,
  NativeModel,
  NativeRequest,
  Sampling,
  StepEvent,
} from '../../../inference/engine/addon.ts';
import type { GenerateRequest } from '../../../inference/engine/engine.ts';
import type { EngineTokenizer } from '../../../inference/engine/native/engine.ts';

export const GREEDY: Sampling = {
  ...{ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 7 },
  ...{ dryMultiplier: 0, dryBase: 1, dryAllowedLength: 2 },
};

/** A tokenizer for models that have none: each token is a Chinese character, so that text tells which tokens it is. */
export const letters: EngineTokenizer & { text(tokens: readonly number[]): string } = {
  ...{ vocabSize: 512, bos: 1, eos: 2, special: [0, 1, 2, 3] },
  encode: (text) => letters.encodePlain(text),
  encodePlain: (text) => Array.from(text, (letter) => Math.max(0, (letter.codePointAt(0) ?? 0) - 0x4e00)),
  decode: (tokens) => letters.text(tokens),
  text: (tokens) => String.fromCodePoint(...tokens.map((token) => 0x4e00 + token)),
  bytes: (token) => Buffer.from(letters.text([token])),
};

/** A request for the greedy continuation of a prompt. */
export function ask(prompt: readonly number[], more: Partial<GenerateRequest> = {}): GenerateRequest {
  return { prompt, maxTokens: 16, sampling: GREEDY, stop: [], penaltyStart: prompt.length, ...more };
}

const CONFIG: ModelConfig = {
  ...{ vocabSize: 512, embSize: 8, numLayers: 1, numQHeads: 1, numKvHeads: 1, keySize: 8, ffnSize: 8, numExperts: 8 },
  ...{ numSelectedExperts: 2, sequenceLen: 64, padToken: 0, eosToken: 2 },
};

/** The figures of an engine that has done nothing. */
export const fakeStats = (): EngineStats => ({
  ...{ waiting: 0, running: 0, steps: 0, promptTokens: 0, replyTokens: 0, stepMs: 0, batch: 0, preempted: 0 },
  ...{ prefixHits: 0, prefixMisses: 0, kvBlocks: 0, kvBlocksUsed: 0, kvBlocksCached: 0, forwardMs: 0, longestIdle: 0 },
  ...{ weightBytes: 0, kvBytes: 0, deviceBytes: 0, deviceBytesUsed: 0, threads: 1, shards: 1 },
});

/** An addon that does nothing by itself: the test says what happens, for what a real one never does on demand. */
export class FakeAddon implements Addon {
  readonly requests: NativeRequest[] = [];
  readonly cancelled: number[] = [];
  closed = false;
  /** Reports a step. */
  step: (events: StepEvent[]) => void = () => {};
  /** Thrown by what it names. */
  readonly faults: { open?: unknown; generate?: unknown };

  constructor(faults: { open?: unknown; generate?: unknown } = {}) {
    this.faults = faults;
  }

  async convert(): Promise<never> {
    throw new Error('this is a fake');
  }

  async check(): Promise<never> {
    throw new Error('this is a fake');
  }

  async open(_folder: string, _options: unknown, onStep: (events: StepEvent[]) => void): Promise<NativeModel> {
    if (this.faults.open) throw this.faults.open;
    this.step = onStep;
    return {
      config: CONFIG,
      ...{ device: 'none', fromDisk: false, offload: undefined },
      generate: (request) => {
        if (this.faults.generate) throw this.faults.generate;
        return this.requests.push(request);
      },
      cancel: (id) => {
        if (this.closed) throw new Error('the model is closed');
        this.cancelled.push(id);
      },
      trace: () => Promise.reject(new Error('not faked')),
      readRate: async () => 1,
      stats: fakeStats,
      close: async () => {
        this.closed = true;
      },
    };
  }

  async measure() {
    return { readBandwidth: 1, fmaRate: 1 };
  }

  features() {
    return { cpu: [], kernels: 'portable', cuda: { available: false, reason: 'this is a fake' } };
  }
}
