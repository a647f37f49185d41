import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, isCurrent, setCurrent } from './fingerprint.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

// The page takes types from the whole of admin/api, and what a persona's id may be.
const sources = ['admin/web', 'admin/api', 'personas/id.ts', 'package-lock.json'];
const endings = ['.ts', '.tsx', '.css', '.html', '.js', '.svg', '.json'];

/** Builds the dashboard's page to dist/admin-web when its sources changed. */
export async function buildPage() {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const mark = join(root, 'dist/admin-web/.fingerprint');
  if (!existsSync(vite)) {
    if (existsSync(mark)) return;
    throw new Error('Vite is not installed and dist/admin-web is not built: run "npm ci".');
  }
  const print = fingerprint(sources, endings);
  if (isCurrent(mark, print)) return;
  await run(process.execPath, [vite, 'build', 'admin/web', '--logLevel', 'warn']);
  setCurrent(mark, print);
}
