import type { ModelConfig } from '../addon.ts';

/** The least that a piece of work must read and compute. */
export interface Work {
  bytes: number;
  flops: number;
}

/** Rates that the machine can reach, per second. */
export interface Rates {
  readBandwidth: number;
  fmaRate: number;
}

/** Seconds that the work takes at least: it reads while it computes, so the slower of both decides. */
export function leastSeconds({ bytes, flops }: Work, { readBandwidth, fmaRate }: Rates): number {
  return Math.max(bytes / readBandwidth, flops / fmaRate);
}

/**
 * A step in which each of `rows` sequences gets a token.
 *
 * @param experts - experts that somebody chose, counted in each layer and added up; each is read once a step.
 * @param weightBytes - bytes of a weight, 2 for bf16.
 */
export function decodeWork(config: ModelConfig, rows: number, experts: number, weightBytes: number): Work {
  const { numLayers, numSelectedExperts, vocabSize, embSize } = config;
  const always = numLayers * sharedWeights(config) + vocabSize * embSize;
  const chosen = numLayers * numSelectedExperts * expertWeights(config);
  return {
    bytes: weightBytes * (always + experts * expertWeights(config)),
    flops: 2 * rows * (always + chosen),
  };
}

/**
 * A prompt: 2 operations per weight and token, attention to half the prompt on average, and logits at its end alone. All experts are read
 * in each step.
 *
 * @param steps - pieces in which the prompt is computed.
 */
export function prefillWork(config: ModelConfig, prompt: number, steps: number, weightBytes: number): Work {
  const { numLayers, numQHeads, keySize, numExperts, numSelectedExperts, vocabSize, embSize } = config;
  const attention = 2 * 2 * numQHeads * keySize * (prompt / 2);
  const active = sharedWeights(config) + numSelectedExperts * expertWeights(config);
  const layer = sharedWeights(config) + numExperts * expertWeights(config);
  return {
    bytes: weightBytes * (steps * numLayers * layer + vocabSize * embSize),
    flops: prompt * numLayers * (2 * active + attention) + 2 * vocabSize * embSize,
  };
}

/** All weights in matrices. */
export function weightCount(config: ModelConfig): number {
  const { numLayers, numExperts, vocabSize, embSize } = config;
  return numLayers * (sharedWeights(config) + numExperts * expertWeights(config)) + vocabSize * embSize;
}

/** Of a layer: attention and router. */
function sharedWeights({ embSize, numQHeads, numKvHeads, keySize, numExperts }: ModelConfig): number {
  return 2 * embSize * keySize * (numQHeads + numKvHeads) + embSize * numExperts;
}

function expertWeights({ embSize, ffnSize }: ModelConfig): number {
  return 3 * embSize * ffnSize;
}
