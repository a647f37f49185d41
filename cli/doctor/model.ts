import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { openTokenizer } from '../../inference/engine/index.ts';
import type { Config } from '../config.ts';
import { type Finding, fail, ok, warn } from './check.ts';
import { gigabytes } from './machine.ts';

const MEND =
  'Point WISECRACK_MODEL at a folder with model.safetensors and config.json, or xAI’s ckpt-0, and tokenizer.model.';

const RELEASED = 'ckpt-0';

/** The model's files; the weights are not read, for that may take minutes. */
export async function checkModel({ model: folder }: Config): Promise<Finding[]> {
  const missing = missingFiles(folder);
  if (missing.length > 0) return [fail('model', `${folder} lacks ${missing.join(', ')}`, MEND)];
  const bytes = weightFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const what = `${nameOf(folder)}, ${gigabytes(bytes)} of weights`;
  return [
    bytes > totalmem()
      ? warn(
          'model',
          `${what}: more than this machine has memory`,
          'Use a machine with more memory, or a smaller model.',
        )
      : ok('model', what),
    await checkTokenizer(folder),
  ];
}

function missingFiles(folder: string): string[] {
  if (!existsSync(folder)) return ['itself: there is no such folder'];
  // xAI's checkpoint as it was released has no config.json.
  const needed = existsSync(join(folder, RELEASED)) ? ['tokenizer.model'] : ['config.json', 'tokenizer.model'];
  const missing = needed.filter((file) => !existsSync(join(folder, file)));
  return weightFiles(folder).length > 0 ? missing : [...missing, 'model.safetensors or ckpt-0'];
}

/** The files that the engine reads: safetensors where there are any, else the released pickles. */
function weightFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  if (files.length > 0 || !existsSync(join(folder, RELEASED))) return files;
  return readdirSync(join(folder, RELEASED)).map((file) => join(RELEASED, file));
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
