import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, isCurrent, setCurrent } from './fingerprint.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const sources = [
  'errors.ts',
  'root.ts',
  'cli',
  'admin',
  'bots',
  'inference',
  'queue',
  'personas',
  'test',
  'tsconfig.json',
  'package.json',
];

/** Compiles the TypeScript sources to dist/ when they changed. */
export async function compile() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const mark = join(root, 'dist/.fingerprint');
  if (!existsSync(tsc)) {
    if (existsSync(mark)) return;
    throw new Error('TypeScript is not installed and dist/ is not built: run "npm ci".');
  }
  const print = fingerprint(sources, ['.ts', '.json']);
  if (isCurrent(mark, print)) return;
  mkdirSync(join(root, 'dist'), { recursive: true });
  await run(process.execPath, [tsc, '-p', '.']);
  setCurrent(mark, print);
}
