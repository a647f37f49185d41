import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readShape } from '../../inference/engine/shape.ts';
import { PieceType, readModel } from '../../inference/engine/tokenizer/model.ts';
import { type Field, readFields } from '../../inference/engine/tokenizer/protobuf.ts';
import { readSafetensors, type Tensor } from '../../inference/engine/verify/safetensors.ts';
import { type GgufTensor, type Value, writeGguf } from './gguf.ts';

/** What config.json has beside the sizes. */
const Scales = z.object({
  embedding_multiplier_scale: z.number(),
  output_multiplier_scale: z.number(),
  model: z.object({ attn_output_multiplier: z.number() }),
});

/** Their name of each matrix and norm of a layer (llama.cpp: src/models/grok.cpp). */
const NAMES = [
  ['attn.q_proj.weight', 'attn_q.weight'],
  ['attn.k_proj.weight', 'attn_k.weight'],
  ['attn.v_proj.weight', 'attn_v.weight'],
  ['attn.o_proj.weight', 'attn_output.weight'],
  ['moe_block.gate.weight', 'ffn_gate_inp.weight'],
  ['pre_attn_norm.scale', 'attn_norm.weight'],
  ['post_attn_norm.scale', 'attn_output_norm.weight'],
  ['pre_moe_norm.scale', 'ffn_norm.weight'],
  ['post_moe_norm.scale', 'layer_output_norm.weight'],
] as const;
const EXPERT_NAMES = [
  ['linear.weight', 'ffn_gate_exps.weight'],
  ['linear_v.weight', 'ffn_up_exps.weight'],
  ['linear_1.weight', 'ffn_down_exps.weight'],
] as const;

/** Writes the model of a folder as llama.cpp reads a Grok-1, in float32. */
export async function writeGrok(folder: string, file: string): Promise<void> {
  const tensors = await readSafetensors(join(folder, 'model.safetensors'));
  const shape = await readShape(folder);
  const scales = Scales.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
  const get = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`there is no ${name}`);
    return tensor;
  };
  const out = [plain('token_embd.weight', get('model.embed_tokens.weight'))];
  out.push(plain('output_norm.weight', get('model.norm.scale')));
  for (let layer = 0; layer < shape.numLayers; layer++) {
    const at = `model.layers.${layer}.`;
    for (const [ours, theirs] of NAMES) out.push(plain(`blk.${layer}.${theirs}`, get(at + ours)));
    for (const [ours, theirs] of EXPERT_NAMES) {
      const experts = Array.from({ length: shape.numExperts }, (_, e) => get(`${at}moe_block.experts.${e}.${ours}`));
      out.push(stacked(`blk.${layer}.${theirs}`, experts));
    }
  }
  const { numQHeads, numKvHeads, keySize } = shape;
  const values: Record<string, Value> = {
    'general.architecture': { text: 'grok' },
    'general.name': { text: 'pocket' },
    'grok.context_length': { u32: shape.sequenceLen },
    'grok.embedding_length': { u32: shape.embSize },
    'grok.block_count': { u32: shape.numLayers },
    'grok.feed_forward_length': { u32: shape.ffnSize },
    'grok.expert_count': { u32: shape.numExperts },
    'grok.expert_used_count': { u32: shape.numSelectedExperts },
    'grok.attention.head_count': { u32: numQHeads },
    'grok.attention.head_count_kv': { u32: numKvHeads },
    'grok.attention.key_length': { u32: keySize },
    'grok.attention.value_length': { u32: keySize },
    'grok.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
    'grok.attention.output_scale': { f32: scales.model.attn_output_multiplier },
    'grok.rope.dimension_count': { u32: keySize },
    'grok.rope.freq_base': { f32: 10_000 },
    'grok.embedding_scale': { f32: scales.embedding_multiplier_scale },
    'grok.logit_scale': { f32: scales.output_multiplier_scale },
    ...(await vocabulary(join(folder, 'tokenizer.model'))),
  };
  await writeGguf(file, values, out);
}

function plain(name: string, { shape, data }: Tensor): GgufTensor {
  return { name, dims: shape.toReversed(), data: Float32Array.from(data) };
}

function stacked(name: string, experts: readonly Tensor[]): GgufTensor {
  const [first] = experts;
  if (!first) throw new Error('there are no experts');
  const data = new Float32Array(first.data.length * experts.length);
  for (const [at, expert] of experts.entries()) data.set(expert.data, at * first.data.length);
  return { name, dims: [...first.shape.toReversed(), experts.length], data };
}

/**
 * The pieces of tokenizer.model. GGUF numbers their kinds as SentencePiece does; what is user-defined llama.cpp's own converter makes normal.
 */
async function vocabulary(file: string): Promise<Record<string, Value>> {
  const bytes = await readFile(file);
  const { pieces, types, unk, bos, eos, pad } = readModel(bytes);
  return {
    'tokenizer.ggml.model': { text: 'llama' },
    'tokenizer.ggml.pre': { text: 'default' },
    'tokenizer.ggml.tokens': { texts: pieces },
    'tokenizer.ggml.scores': { f32s: scoresOf(bytes) },
    'tokenizer.ggml.token_type': {
      i32s: Array.from(types, (type) => (type === PieceType.userDefined ? PieceType.normal : type)),
    },
    'tokenizer.ggml.bos_token_id': { u32: bos },
    'tokenizer.ggml.eos_token_id': { u32: eos },
    'tokenizer.ggml.unknown_token_id': { u32: unk },
    ...(pad >= 0 && { 'tokenizer.ggml.padding_token_id': { u32: pad } }),
  };
}

/** sentencepiece_model.proto: field 1 is a piece, and field 2 of that its score. */
function scoresOf(file: Buffer): number[] {
  const scores: number[] = [];
  readFields(file, ({ number, start, end }) => {
    if (number !== 1) return;
    let score = 0;
    const visit = (field: Field) => {
      if (field.number === 2) score = file.readFloatLE(field.start);
    };
    readFields(file, visit, start, end);
    scores.push(score);
  });
  return scores;
}
