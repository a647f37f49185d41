import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let found: string | undefined;

/**
 * The folder of Wisecrack's package.json. What tsc does not compile (Lua, personas, models, the addon) is read from there,
 * since every module runs both from its source and from dist/.
 */
export function packageRoot(): string {
  found ??= search(dirname(fileURLToPath(import.meta.url)));
  return found;
}

function search(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).name === 'wisecrack') return folder;
  if (dirname(folder) === folder) throw new Error('no package.json of wisecrack above this file');
  return search(dirname(folder));
}
