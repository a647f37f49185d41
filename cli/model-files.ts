import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** xAI's checkpoint as it was released. */
export const RELEASED = 'ckpt-0';

/** The files that the engine reads weights from, relative to the folder: safetensors where there are any, else the released pickles. */
export function weightFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.safetensors'));
  if (files.length > 0 || !existsSync(join(folder, RELEASED))) return files;
  return readdirSync(join(folder, RELEASED)).map((file) => join(RELEASED, file));
}
