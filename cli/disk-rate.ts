import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const BLOCK = 4 * 2 ** 20;
/** Enough that a disk shows its pace, and that nobody misses it for the moment. */
export const TRIAL_BYTES = 64 * BLOCK;
const PATIENCE_MS = 60_000;

/**
 * How fast the first quarter of a gigabyte of a file is read past the page cache, bytes/s. Only dd can do that where Node cannot; undefined
 * where it cannot either.
 */
export async function diskRate(file: string, bytes: number): Promise<number | undefined> {
  const blocks = Math.floor(Math.min(bytes, TRIAL_BYTES) / BLOCK);
  if (blocks === 0) return undefined;
  const start = performance.now();
  try {
    const args = [`if=${file}`, 'of=/dev/null', `bs=${BLOCK}`, `count=${blocks}`, 'iflag=direct'];
    await promisify(execFile)('dd', args, { timeout: PATIENCE_MS });
    return (blocks * BLOCK * 1000) / (performance.now() - start);
  } catch {
    return undefined;
  }
}
