import { existsSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import type { Addon, OpenOptions } from '../addon.ts';
import { fileReason } from '../reason.ts';
import { openTokenizer, type SentencePieceTokenizer } from '../tokenizer/tokenizer.ts';
import { NativeEngine } from './engine.ts';
import { loadAddon } from './load.ts';
import { ModelRequests } from './requests.ts';

export interface NativeOptions extends OpenOptions {
  /** Holds config.json, model.safetensors or ckpt-0, and tokenizer.model; wisecrack.json names the model if it is there. */
  folder: string;
  /** 0..1 while weights are checked and loaded. */
  onProgress?: (fraction: number) => void;
  /** Stands in for the addon; tests cause faults with it. */
  addon?: Addon;
}

/**
 * wisecrack.json: what the model is called, in words for people; `toy` warns them that its wit is limited. `coolness` is what a persona's
 * temperature is multiplied by: personas are written for Grok-1, and a small model needs a cooler head to stay on its feet.
 */
const About = z.object({
  name: z.string().min(1),
  toy: z.boolean().default(false),
  coolness: z.number().gt(0).max(1).default(1),
});

/**
 * Opens a model with our own kernels.
 * @throws WisecrackError WISECRACK_ADDON_MISSING, WISECRACK_TOKENIZER_INVALID, WISECRACK_MODEL_NOT_FOUND, WISECRACK_MODEL_INVALID,
 * WISECRACK_OUT_OF_MEMORY, WISECRACK_DEVICE_MISSING
 */
export async function openNative(options: NativeOptions): Promise<NativeEngine<SentencePieceTokenizer>> {
  const { folder } = options;
  // xAI's checkpoint as it was released has no config.json: the addon knows what it is.
  const first = existsSync(join(folder, 'ckpt-0')) ? 'ckpt-0' : 'config.json';
  await access(join(folder, first)).catch((error) => {
    throw new WisecrackError('WISECRACK_MODEL_NOT_FOUND', { folder, reason: reasonOf(error) }, { cause: error });
  });
  // The cheap parts first: weights may take minutes.
  const about = await readAbout(folder);
  const tokenizer = await openTokenizer(join(folder, 'tokenizer.model'));
  const requests = await openModel({ ...options, pieces: tokenizer.spelling() });
  const { vocabSize } = requests.config;
  if (tokenizer.vocabSize > vocabSize) {
    await requests.close();
    const reason = `tokenizer.model has ${tokenizer.vocabSize} pieces, config.json only ${vocabSize}`;
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder, reason });
  }
  return new NativeEngine(about, tokenizer, requests, options.context);
}

/** Opens only the model of a folder: tokens in, tokens out. For golden vectors, which have no tokenizer, and for measuring. */
export async function openModel(options: NativeOptions): Promise<ModelRequests> {
  const { folder, addon = loadAddon(), onProgress, activations, threads, maxSequences, context } = options;
  const { device = 'auto', shards = 1, kvBytes = 0, stepTokens = 0, roundProduct = true, pieces } = options;
  const sizes = { threads, maxSequences, context, kvBytes, stepTokens };
  const all = { device, shards, activations, ...sizes, roundProduct, ...(pieces && { pieces }) };
  return ModelRequests.open(addon, folder, all, onProgress);
}

async function readAbout(folder: string): Promise<z.infer<typeof About>> {
  const file = join(folder, 'wisecrack.json');
  if (!existsSync(file)) return { name: basename(resolve(folder)), toy: false, coolness: 1 };
  try {
    return About.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const reason = `wisecrack.json: ${fileReason(error)}`;
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder, reason }, { cause: error });
  }
}
