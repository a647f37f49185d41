import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { loadAddon, type ModelConfig, openTokenizer } from '../../inference/engine/index.ts';
import { offload } from '../../inference/plan/index.ts';
import { bytesText } from '../bytes.ts';
import type { Config } from '../config.ts';
import { dtypeOf, fromDiskText } from '../from-disk.ts';
import { type Memory, memoryOf, memoryText, shapeIn } from '../memory.ts';
import { RELEASED, weightFiles } from '../model-files.ts';
import { type Finding, fail, ok, warn } from './check.ts';

const MEND =
  'Point WISECRACK_MODEL at a folder with model.safetensors and config.json, or xAI’s ckpt-0, and tokenizer.model.';

/** The model's files; the weights are not read, for that may take minutes. */
export async function checkModel(config: Config): Promise<Finding[]> {
  const { model: folder } = config;
  const missing = missingFiles(folder);
  if (missing.length > 0) return [fail('model', `${folder} lacks ${missing.join(', ')}`, MEND)];
  const bytes = weightFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  return [
    ok('model', `${nameOf(folder)}, ${bytesText(bytes)} of weights`),
    await checkMemory(config, bytes),
    ...(await checkCards(config, bytes)),
    ...(config.shards > 1 ? [await checkShards(config)] : []),
    await checkTokenizer(folder),
  ];
}

/** Whether what the model takes is there. Weights can be read from disk again and again; keys and values cannot. */
async function checkMemory(config: Config, weights: number): Promise<Finding> {
  try {
    const shape = await shapeIn(config.model);
    const memory = memoryOf(config, shape, weights);
    const free = process.availableMemory();
    const found = `${memoryText(memory)}; ${bytesText(free)} are free`;
    if (memory.keysAndValues > free)
      return fail('memory', found, 'Lower WISECRACK_SEQUENCES or WISECRACK_CONTEXT, or set WISECRACK_KV_MIB.');
    if (memory.keysAndValues + weights > free)
      return warn('memory', `${found}. ${await fromDiskText(config.model, shape, weights)}`, 'See "wisecrack plan".');
    return ok('memory', found);
  } catch (error) {
    return fail('memory', reasonOf(error), error instanceof WisecrackError ? error.mend : MEND);
  }
}

/** What the cards have no room for stays in this machine's memory, where it is they that shall compute. */
async function checkCards(config: Config, weights: number): Promise<Finding[]> {
  const cards = config.device === 'cuda' ? cardMemory().slice(0, config.shards) : [];
  if (cards.length < config.shards) return [];
  try {
    const shape = await shapeIn(config.model);
    return [onCards(shape, memoryOf(config, shape, weights), cards)];
  } catch {
    return []; // checkMemory has said it
  }
}

/** @param cards - bytes of each */
export function onCards(shape: ModelConfig, { weights, keysAndValues }: Memory, cards: readonly number[]): Finding {
  const there = cards.reduce((sum, bytes) => sum + bytes, 0);
  const found = `${bytesText(weights + keysAndValues)} for ${bytesText(there)} on ${cards.length === 1 ? 'the card' : `${cards.length} cards`}`;
  if (weights + keysAndValues < there) return ok('card memory', found);
  const left = offload(shape, dtypeOf(shape, weights), there - keysAndValues);
  if (!left)
    return fail(
      'card memory',
      `${found}: too little even without any expert`,
      'Lower WISECRACK_SEQUENCES or WISECRACK_CONTEXT, or compute on the CPU: WISECRACK_DEVICE=cpu.',
    );
  const what = `the experts of ${left.layers} of ${shape.numLayers} layers, ${bytesText(left.host)}, stay in this machine's memory`;
  return warn(
    'card memory',
    `${found}: ${what}, and a token waits for ${bytesText(left.crossing)} to cross`,
    'See "wisecrack plan".',
  );
}

function cardMemory(): readonly number[] {
  try {
    return loadAddon().features().cuda.memory ?? [];
  } catch {
    return []; // checkMachine has said it
  }
}

/** Keys and values are shared out head by head. */
async function checkShards({ model, shards }: Config): Promise<Finding> {
  try {
    const { numKvHeads: heads } = await shapeIn(model);
    const found = `${heads} heads of keys and values for ${shards} shards`;
    if (heads % shards === 0) return ok('shards', found);
    return warn('shards', `${found}: some have less to do than others`, 'Set WISECRACK_SHARDS to a divisor.');
  } catch (error) {
    return fail('shards', reasonOf(error), error instanceof WisecrackError ? error.mend : MEND);
  }
}

function missingFiles(folder: string): string[] {
  if (!existsSync(folder)) return ['itself: there is no such folder'];
  // xAI's checkpoint as it was released has no config.json.
  const needed = existsSync(join(folder, RELEASED)) ? ['tokenizer.model'] : ['config.json', 'tokenizer.model'];
  const missing = needed.filter((file) => !existsSync(join(folder, file)));
  return weightFiles(folder).length > 0 ? missing : [...missing, 'model.safetensors or ckpt-0'];
}

function nameOf(folder: string): string {
  try {
    return JSON.parse(readFileSync(join(folder, 'wisecrack.json'), 'utf8')).name ?? folder;
  } catch {
    return folder;
  }
}

async function checkTokenizer(folder: string): Promise<Finding> {
  try {
    const { vocabSize } = await openTokenizer(join(folder, 'tokenizer.model'));
    const config = join(folder, 'config.json');
    const known = existsSync(config) && JSON.parse(readFileSync(config, 'utf8')).vocab_size;
    const found = `${vocabSize} pieces`;
    return typeof known === 'number' && vocabSize > known
      ? fail('tokenizer', `${found}, but the model has only ${known}`, 'Use the tokenizer.model of this model.')
      : ok('tokenizer', found);
  } catch (error) {
    return fail('tokenizer', reasonOf(error), error instanceof WisecrackError ? error.mend : MEND);
  }
}
