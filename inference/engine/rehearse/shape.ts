import type { Shape } from './pickle.ts';

/** What decides the sizes of a Grok-1, by xAI's names (model.py: TransformerConfig). */
export interface ModelShape {
  vocab: number;
  emb: number;
  keySize: number;
  qHeads: number;
  kvHeads: number;
  layers: number;
  experts: number;
  selected: number;
  /** model.py: int(wideningFactor * emb) * 2 // 3, rounded up to a multiple of 8. */
  wideningFactor: number;
}

/** Grok-1 (run.py), with fewer layers. */
export function grok1(layers: number): ModelShape {
  return {
    ...{ vocab: 131_072, emb: 6144, keySize: 128, qHeads: 48, kvHeads: 8, layers },
    ...{ experts: 8, selected: 2, wideningFactor: 8 },
  };
}

export function ffnSize({ wideningFactor, emb }: ModelShape): number {
  return Math.ceil(Math.floor((Math.floor(wideningFactor * emb) * 2) / 3) / 8) * 8;
}

/** run.py's numbers, which do not depend on the size. */
export const EMBEDDING_MULTIPLIER = 78.38367176906169;
export const OUTPUT_MULTIPLIER = 0.5773502691896257;
export const ATTENTION_MULTIPLIER = 0.08838834764831845;

/** config.json. */
export function configOf(shape: ModelShape): object {
  return {
    ...{ vocab_size: shape.vocab, pad_token: 0, eos_token: 2, sequence_len: 8192 },
    ...{ embedding_multiplier_scale: EMBEDDING_MULTIPLIER, output_multiplier_scale: OUTPUT_MULTIPLIER },
    model: {
      ...{ emb_size: shape.emb, widening_factor: shape.wideningFactor, key_size: shape.keySize },
      ...{ num_q_heads: shape.qHeads, num_kv_heads: shape.kvHeads, num_layers: shape.layers },
      ...{ attn_output_multiplier: ATTENTION_MULTIPLIER, num_experts: shape.experts },
      num_selected_experts: shape.selected,
    },
  };
}

/** One file of ckpt-0. A quantized matrix is [in, out], or [experts, in, out], with so many groups of inputs that share scales. */
export interface Parameter {
  name: string;
  shape: Shape;
  groups?: number;
}

/** The files of ckpt-0 in their order: jax sorts parameters by name, so layer 10 comes before layer 2. */
export function parametersOf(shape: ModelShape): Parameter[] {
  const layers = Array.from({ length: shape.layers }, (_, i) => String(i)).sort();
  return [
    { name: 'embeddings', shape: [shape.vocab, shape.emb] },
    { name: 'norm', shape: [shape.emb] },
    ...layers.flatMap((layer) =>
      layerOf(shape).map((parameter) => ({ ...parameter, name: `${layer}/${parameter.name}` })),
    ),
  ];
}

function layerOf(shape: ModelShape): Parameter[] {
  const { emb, experts } = shape;
  const [ffn, q, kv] = [ffnSize(shape), shape.qHeads * shape.keySize, shape.kvHeads * shape.keySize];
  return [
    { name: 'linear', shape: [experts, emb, ffn], groups: 1 },
    { name: 'linear_1', shape: [experts, ffn, emb], groups: 8 },
    { name: 'linear_v', shape: [experts, emb, ffn], groups: 1 },
    { name: 'key', shape: [emb, kv], groups: 1 },
    { name: 'output', shape: [q, emb], groups: 8 },
    { name: 'query', shape: [emb, q], groups: 1 },
    { name: 'value', shape: [emb, kv], groups: 1 },
    ...['rms_norm', 'rms_norm_1', 'rms_norm_2', 'rms_norm_3'].map((name) => ({ name, shape: [emb] })),
    { name: 'router', shape: [emb, experts] },
  ];
}

export function fileName(index: number): string {
  return `tensor${String(index).padStart(5, '0')}_000`;
}

/** Bytes of all arrays. */
export function checkpointBytes(shape: ModelShape): number {
  return parametersOf(shape).reduce((sum, { shape: dims, groups }) => sum + size(dims) * (groups ? 1 : 4), 0);
}

export function size(dims: Shape): number {
  return dims.reduce((product, n) => product * n, 1);
}

/** [..., in, out] -> [..., groups, out] */
export function scalesShape(dims: Shape, groups: number): Shape {
  return [...dims.slice(0, -2), groups, dims.at(-1) ?? 0];
}
