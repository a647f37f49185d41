import { resolve } from 'node:path';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { Addon, Converted, ConvertOptions } from './addon.ts';
import { modelError } from './native/errors.ts';
import { loadAddon } from './native/load.ts';

export interface ConvertRun extends ConvertOptions {
  source: string;
  target: string;
  signal: AbortSignal;
  /** Bytes of all files, and those of `done` that an earlier run had written. */
  onProgress: (done: number, total: number, found: number) => void;
  addon?: Addon;
}

/**
 * Writes a model as safetensors files that the engine maps as they are. May be called again after a kill, and goes on then; called
 * for a finished conversion it checks it.
 * @throws WisecrackError WISECRACK_CONVERT_FAILED for the target, and what opening a model throws for the source
 */
export async function convertModel(run: ConvertRun): Promise<Converted> {
  const { source, target, signal, onProgress, addon = loadAddon(), dtype, shards, threads } = run;
  if (resolve(source) === resolve(target)) {
    throw new WisecrackError('WISECRACK_CONVERT_FAILED', { folder: target, reason: 'it is the source' });
  }
  const report = (done: number, total: number, found: number) => {
    onProgress(done, total, found);
    return !signal.aborted;
  };
  try {
    return await addon.convert(source, target, { dtype, shards, threads }, report);
  } catch (error) {
    if (error instanceof RangeError || (error as { code?: unknown }).code === 'WISECRACK_CONVERT_FAILED') {
      throw new WisecrackError(
        'WISECRACK_CONVERT_FAILED',
        { folder: target, reason: reasonOf(error) },
        { cause: error },
      );
    }
    throw modelError(error, source);
  }
}
