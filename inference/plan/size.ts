import type { ModelConfig } from '../engine/addon.ts';
import { prefillWork } from '../engine/bench/roofline.ts';

/** How the matrices lie in memory: bf16, or int8 with scales as xAI released them. */
export type Dtype = 'bf16' | 'int8';

/** Norms, router and scales are float32. */
const F32 = 4;
const BF16 = 2;
/** Scales of a matrix whose rows lie in eight shards: one for each output and shard. All others have one for each output. */
const SCALE_GROUPS = 8;

/** What a part of the model takes, in bytes. */
export interface Sizes {
  readonly attention: number;
  readonly expert: number;
  /** Router and norms of a layer. */
  readonly small: number;
  readonly layer: number;
  /** In bf16 always; it also gives the logits. */
  readonly embedding: number;
  readonly model: number;
}

/** How large the parts of a model are. */
export function sizesOf(shape: ModelConfig, dtype: Dtype): Sizes {
  const { embSize, numQHeads, numKvHeads, keySize, ffnSize, numExperts, numLayers, vocabSize } = shape;
  const [q, kv] = [numQHeads * keySize, numKvHeads * keySize];
  const matrix = (rows: number, columns: number, groups = 1) =>
    dtype === 'bf16' ? BF16 * rows * columns : rows * columns + F32 * columns * groups;
  const attention = matrix(embSize, q) + 2 * matrix(embSize, kv) + matrix(q, embSize, SCALE_GROUPS);
  const expert = 2 * matrix(embSize, ffnSize) + matrix(ffnSize, embSize, SCALE_GROUPS);
  const small = F32 * (embSize * numExperts + 4 * embSize);
  const layer = attention + numExperts * expert + small;
  const embedding = BF16 * vocabSize * embSize;
  return { attention, expert, small, layer, embedding, model: numLayers * layer + embedding + F32 * embSize };
}

/** Keys and values of one position in all layers, bytes in bf16. */
export function kvBytes({ numLayers, numKvHeads, keySize }: ModelConfig): number {
  return numLayers * 2 * numKvHeads * keySize * BF16;
}

/** How many experts `batch` tokens choose together, when the router has no favourites. */
export function expertsHit({ numExperts, numSelectedExperts }: ModelConfig, batch: number): number {
  return numExperts * (1 - (1 - numSelectedExperts / numExperts) ** batch);
}

/** Bytes that one step reads which gives a token to each of `batch` replies: weights once, and everybody's keys and values. */
export function stepBytes(shape: ModelConfig, dtype: Dtype, batch: number, context = 0): number {
  const { attention, expert, small, embedding } = sizesOf(shape, dtype);
  const layer = attention + small + expertsHit(shape, batch) * expert;
  return shape.numLayers * layer + embedding + batch * context * kvBytes(shape);
}

/** Operations per token of a prompt of so many tokens. */
export function prefillFlops(shape: ModelConfig, prompt: number): number {
  return prefillWork(shape, prompt, 1, BF16).flops / prompt;
}
