import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { fingerprint, isCurrent, setCurrent } from './fingerprint.mjs';
import { root } from './root.mjs';

const sources = [
  'errors.ts',
  'root.ts',
  'cli',
  'admin/api',
  'admin/bench',
  'admin/personas',
  'admin/server',
  'admin/index.ts',
  'bots',
  'inference',
  'queue',
  'personas',
  'test/fakes',
  'package-lock.json',
];

/** What Node is told to run; all else is imported by these. */
const scripts = ['cli/main', 'inference/pocket/corpus/main'];

const DAY_MS = 24 * 60 * 60 * 1000;

/** Compiles the TypeScript sources to dist/ when they changed. */
export async function compile() {
  const mark = join(root, 'dist/.fingerprint');
  if (!existsSync(join(root, 'node_modules/rolldown'))) {
    if (existsSync(mark)) return;
    throw new Error('Rolldown is not installed and dist/ is not built: run "npm ci".');
  }
  const print = fingerprint(sources, ['.ts', '.mjs', '.json']);
  if (isCurrent(mark, print)) return;
  await bundle(scripts, join(root, 'dist'));
  forgetOld(join(root, 'dist/chunks'));
  setCurrent(mark, print);
}

/** A process that runs may still import what it was built with, so chunks that no longer belong go when they are a day old. */
function forgetOld(chunks) {
  const before = Date.now() - DAY_MS;
  for (const name of readdirSync(chunks)) if (statSync(join(chunks, name)).mtimeMs < before) rmSync(join(chunks, name));
}
