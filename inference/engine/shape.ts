import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { WisecrackError } from '../../errors.ts';
import type { ModelConfig } from './addon.ts';
import { fileReason } from './reason.ts';

/** Grok-1 as released (xai-org/grok-1, run.py). */
export const GROK_1: ModelConfig = {
  ...{ vocabSize: 131_072, embSize: 6144, numLayers: 64, numQHeads: 48, numKvHeads: 8, keySize: 128 },
  ...{ ffnSize: 32_768, numExperts: 8, numSelectedExperts: 2, sequenceLen: 8192, padToken: 0, eosToken: 2 },
};

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
      ffnSize: ffnSize(model.emb_size, model.widening_factor),
    };
  } catch (error) {
    const reason = `config.json: ${fileReason(error)}`;
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder, reason }, { cause: error });
  }
}

/** model.py, ffn_size: two thirds of the widened size, up to the next multiple of 8. */
function ffnSize(embSize: number, wideningFactor: number): number {
  const size = Math.floor((Math.floor(wideningFactor * embSize) * 2) / 3);
  return Math.ceil(size / 8) * 8;
}
