import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WisecrackError } from '../../errors.ts';
import type { ModelConfig } from './addon.ts';
import { fileReason } from './reason.ts';

/** What decides the sizes of a Grok-1 (model.py: LanguageModelConfig, TransformerConfig). */
export interface Shape {
  vocabSize: number;
  sequenceLen: number;
  embSize: number;
  wideningFactor: number;
  keySize: number;
  numQHeads: number;
  numKvHeads: number;
  numLayers: number;
  numExperts: number;
  numSelectedExperts: number;
}

/** Grok-1 as released (xai-org/grok-1, run.py). */
export const GROK_1_SHAPE: Shape = {
  ...{ vocabSize: 131_072, sequenceLen: 8192, embSize: 6144, wideningFactor: 8, keySize: 128 },
  ...{ numQHeads: 48, numKvHeads: 8, numLayers: 64, numExperts: 8, numSelectedExperts: 2 },
};

const { wideningFactor: _, ...sizes } = GROK_1_SHAPE;
export const GROK_1: ModelConfig = { ...sizes, ffnSize: ffnSize(GROK_1_SHAPE), padToken: 0, eosToken: 2 };

/** run.py's numbers, which do not depend on the size. */
export const EMBEDDING_MULTIPLIER = 78.38367176906169;
export const OUTPUT_MULTIPLIER = 0.5773502691896257;
export const ATTENTION_MULTIPLIER = 0.08838834764831845;

/** The hidden size of an expert: two thirds of the widened size, up to the next multiple of 8 (model.py: ffn_size). */
export function ffnSize({ embSize, wideningFactor }: Pick<Shape, 'embSize' | 'wideningFactor'>): number {
  return Math.ceil(Math.floor((Math.floor(wideningFactor * embSize) * 2) / 3) / 8) * 8;
}

/** config.json of a shape, with the constants of the released model. */
export function configOf(shape: Shape): object {
  return {
    ...{ vocab_size: shape.vocabSize, pad_token: 0, eos_token: 2, sequence_len: shape.sequenceLen },
    ...{ embedding_multiplier_scale: EMBEDDING_MULTIPLIER, output_multiplier_scale: OUTPUT_MULTIPLIER },
    model: {
      ...{ emb_size: shape.embSize, widening_factor: shape.wideningFactor, key_size: shape.keySize },
      ...{ num_q_heads: shape.numQHeads, num_kv_heads: shape.numKvHeads, num_layers: shape.numLayers },
      ...{ num_experts: shape.numExperts, num_selected_experts: shape.numSelectedExperts },
      attn_output_multiplier: ATTENTION_MULTIPLIER,
    },
  };
}

const size = z.int().positive();
/** config.json in xAI's names. */
const File = z.object({
  ...{ vocab_size: size, pad_token: z.int(), eos_token: z.int(), sequence_len: size },
  model: z.object({
    ...{ emb_size: size, widening_factor: z.number().positive(), key_size: size, num_layers: size },
    ...{ num_q_heads: size, num_kv_heads: size, num_experts: size, num_selected_experts: size },
  }),
});

/**
 * The shape of the model in a folder, without its weights.
 * @throws WisecrackError WISECRACK_MODEL_INVALID
 */
export async function readShape(folder: string): Promise<ModelConfig> {
  try {
    const { model, ...file } = File.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
    return {
      ...{ vocabSize: file.vocab_size, sequenceLen: file.sequence_len },
      ...{ padToken: file.pad_token, eosToken: file.eos_token },
      ...{ embSize: model.emb_size, numLayers: model.num_layers, keySize: model.key_size },
      ...{ numQHeads: model.num_q_heads, numKvHeads: model.num_kv_heads },
      ...{ numExperts: model.num_experts, numSelectedExperts: model.num_selected_experts },
      ffnSize: ffnSize({ embSize: model.emb_size, wideningFactor: model.widening_factor }),
    };
  } catch (error) {
    const reason = `config.json: ${fileReason(error)}`;
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder, reason }, { cause: error });
  }
}
