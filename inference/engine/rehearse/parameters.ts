import { ffnSize, type Shape } from '../shape.ts';
import type { Shape as Dims } from './pickle.ts';

/** One file of ckpt-0. A quantized matrix is [in, out], or [experts, in, out], with so many groups of inputs that share scales. */
export interface Parameter {
  name: string;
  shape: Dims;
  groups?: number;
}

/** The files of ckpt-0 in their order: jax sorts parameters by name, so layer 10 comes before layer 2. */
export function parametersOf(shape: Shape): Parameter[] {
  const layers = Array.from({ length: shape.numLayers }, (_, i) => String(i)).sort();
  return [
    { name: 'embeddings', shape: [shape.vocabSize, shape.embSize] },
    { name: 'norm', shape: [shape.embSize] },
    ...layers.flatMap((layer) =>
      layerOf(shape).map((parameter) => ({ ...parameter, name: `${layer}/${parameter.name}` })),
    ),
  ];
}

function layerOf(shape: Shape): Parameter[] {
  const { embSize: emb, numExperts: experts } = shape;
  const [ffn, q, kv] = [ffnSize(shape), shape.numQHeads * shape.keySize, shape.numKvHeads * shape.keySize];
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
export function checkpointBytes(shape: Shape): number {
  return parametersOf(shape).reduce((sum, { shape: dims, groups }) => sum + size(dims) * (groups ? 1 : 4), 0);
}

export function size(dims: Dims): number {
  return dims.reduce((product, n) => product * n, 1);
}

/** [..., in, out] -> [..., groups, out] */
export function scalesShape(dims: Dims, groups: number): Dims {
  return [...dims.slice(0, -2), groups, dims.at(-1) ?? 0];
}
