import { ffnSize, type Shape } from '../shape.ts';

/** Shapes to measure, by name. `scaled` is Grok-1 at a quarter of its width with 8 of its 64 layers: 2.5 billion weights, 5.0 GB. */
export const shapes: Readonly<Record<string, Shape>> = {
  scaled: {
    ...{ vocabSize: 32_768, sequenceLen: 8192, embSize: 1536, wideningFactor: 8, keySize: 128 },
    ...{ numQHeads: 12, numKvHeads: 2, numLayers: 8, numExperts: 8, numSelectedExperts: 2 },
  },
};

/** The tensors of a shape in the order of the file: name and sizes (inference/native/model/weights.cpp). */
export function* tensorsOf(shape: Shape): Generator<[name: string, ...sizes: number[]]> {
  const { embSize: emb, keySize } = shape;
  const q = shape.numQHeads * keySize;
  const kv = shape.numKvHeads * keySize;
  const ffn = ffnSize(shape);
  yield ['model.embed_tokens.weight', shape.vocabSize, emb];
  for (let layer = 0; layer < shape.numLayers; layer++) {
    const at = `model.layers.${layer}.`;
    yield [`${at}attn.q_proj.weight`, q, emb];
    yield [`${at}attn.k_proj.weight`, kv, emb];
    yield [`${at}attn.v_proj.weight`, kv, emb];
    yield [`${at}attn.o_proj.weight`, emb, q];
    yield [`${at}moe_block.gate.weight`, shape.numExperts, emb];
    for (const norm of ['pre_attn', 'post_attn', 'pre_moe', 'post_moe']) yield [`${at}${norm}_norm.scale`, emb];
    for (let expert = 0; expert < shape.numExperts; expert++) {
      const of = `${at}moe_block.experts.${expert}.`;
      yield [`${of}linear.weight`, ffn, emb];
      yield [`${of}linear_v.weight`, ffn, emb];
      yield [`${of}linear_1.weight`, emb, ffn];
    }
  }
  yield ['model.norm.scale', emb];
}
