import type { ModelConfig } from '../addon.ts';

/** The least that a piece of work must read and compute. */
export interface Work {
  bytes: number;
  flops: number;
}

const BF16 = 2;

/** Rates that the machine can reach, per second. */
export interface Rates {
  /** Of the weights where they lie: in a virtual machine that can be a good deal less. */
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
 * @param weightBytes - bytes of a weight in the layers, 2 for bf16; the logits' weights are bf16 always.
 */
export function decodeWork(config: ModelConfig, rows: number, experts: number, weightBytes: number): Work {
  const { numLayers, numSelectedExperts } = config;
  const shared = numLayers * sharedWeights(config);
  const chosen = numLayers * numSelectedExperts * expertWeights(config);
  return {
    bytes: weightBytes * (shared + experts * expertWeights(config)) + BF16 * logitWeights(config),
    flops: 2 * rows * (shared + chosen + logitWeights(config)),
  };
}

/**
 * A prompt: 2 operations per weight and token, attention to half the prompt on average, and logits at its end alone. All experts are read
 * in each step.
 *
 * @param steps - pieces in which the prompt is computed.
 */
export function prefillWork(config: ModelConfig, prompt: number, steps: number, weightBytes: number): Work {
  const { numLayers, numQHeads, keySize, numExperts, numSelectedExperts } = config;
  const attention = 2 * 2 * numQHeads * keySize * (prompt / 2);
  const active = sharedWeights(config) + numSelectedExperts * expertWeights(config);
  const layer = sharedWeights(config) + numExperts * expertWeights(config);
  return {
    bytes: weightBytes * steps * numLayers * layer + BF16 * logitWeights(config),
    flops: prompt * numLayers * (2 * active + attention) + 2 * logitWeights(config),
  };
}

/** All weights in matrices. */
export function weightCount(config: ModelConfig): number {
  return layerWeights(config) + logitWeights(config);
}

/** Bytes of a weight in the layers of a model that has so many in all: scales count as a part of it. */
export function layerWeightBytes(config: ModelConfig, bytes: number): number {
  return (bytes - BF16 * logitWeights(config)) / layerWeights(config);
}

function layerWeights(config: ModelConfig): number {
  return config.numLayers * (sharedWeights(config) + config.numExperts * expertWeights(config));
}

function logitWeights({ vocabSize, embSize }: ModelConfig): number {
  return vocabSize * embSize;
}

/** Of a layer: attention and router. */
function sharedWeights({ embSize, numQHeads, numKvHeads, keySize, numExperts }: ModelConfig): number {
  return 2 * embSize * keySize * (numQHeads + numKvHeads) + embSize * numExperts;
}

function expertWeights({ embSize, ffnSize }: ModelConfig): number {
  return 3 * embSize * ffnSize;
}
