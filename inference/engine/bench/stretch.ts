import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { reasonOf, WisecrackError } from '../../../errors.ts';

/**
 * Writes a folder with the same model for longer windows: it computes what such a model computes, but was never trained to speak there.
 * Weights stay where they are.
 *
 * @param positions - the new context, in tokens
 * @throws WisecrackError WISECRACK_MODEL_INVALID
 */
export async function stretchModel(from: string, to: string, positions: number): Promise<void> {
  try {
    const config = JSON.parse(await readFile(join(from, 'config.json'), 'utf8'));
    await rm(to, { recursive: true, force: true });
    await mkdir(to, { recursive: true });
    for (const file of await readdir(from)) {
      const [source, target] = [resolve(from, file), join(to, file)];
      if (file.endsWith('.json')) await copyFile(source, target);
      else await symlink(source, target);
    }
    await writeFile(join(to, 'config.json'), JSON.stringify({ ...config, sequence_len: positions }, null, 1));
  } catch (error) {
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder: from, reason: reasonOf(error) }, { cause: error });
  }
}
