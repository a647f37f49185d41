import type { Addon, CheckedFiles } from './addon.ts';
import { modelError } from './native/errors.ts';
import { loadAddon } from './native/load.ts';

export interface CheckRun {
  folder: string;
  signal: AbortSignal;
  /** Bytes. */
  onProgress: (done: number, total: number) => void;
  addon?: Addon;
}

/**
 * Compares the files of a converted model with the checksums that lie beside them.
 * @throws WisecrackError WISECRACK_MODEL_NOT_FOUND when there are none, and what opening a model throws
 */
export async function checkModel({ folder, signal, onProgress, addon = loadAddon() }: CheckRun): Promise<CheckedFiles> {
  const report = (done: number, total: number) => {
    onProgress(done, total);
    return !signal.aborted;
  };
  try {
    return await addon.check(folder, report);
  } catch (error) {
    throw modelError(error, folder);
  }
}
