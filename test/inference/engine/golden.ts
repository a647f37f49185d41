import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** The package. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** xAI's files, which are not ours to ship: where they are is said in WISECRACK_GOLDEN. */
const XAI = resolve(ROOT, process.env.WISECRACK_GOLDEN ?? '../shared/golden', 'tokenizer');

/** Grok-1's tokenizer.model, or undefined where it is not at hand. */
export const GROK_TOKENIZER = found(join(XAI, 'tokenizer.model'));
export const GROK_CASES = found(join(XAI, 'cases.json'));
/** The pocket model's tokenizer, which is ours. */
export const POCKET_TOKENIZER = found(join(ROOT, 'inference/pocket/model/tokenizer.model'));
/** The pocket model, once it is trained. */
export const POCKET_MODEL =
  found(join(ROOT, 'inference/pocket/model/model.safetensors')) && POCKET_TOKENIZER
    ? join(ROOT, 'inference/pocket/model')
    : undefined;
/** The golden models: those of the package, or those that they are made from. */
export const GOLDEN = found(join(ROOT, 'test/golden/tiny-a')) ? join(ROOT, 'test/golden') : resolve(XAI, '..');
export const ADDON = found(join(ROOT, 'build/native/wisecrack.node'));

/** Tells on the first run why tests are skipped. */
export function skipNote(what: string, at: string | undefined): string {
  return at ? '' : ` (SKIPPED: ${what} not found; set WISECRACK_GOLDEN to the folder that holds tokenizer/)`;
}

function found(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** A folder that is gone when the test is over. */
export async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wisecrack-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
