import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadAddon } from '../../inference/engine/index.ts';
import type { Measured } from '../../inference/plan/index.ts';
import { diskRate, TRIAL_BYTES } from '../disk-rate.ts';

const MIB = 2 ** 20;

/** Measures this machine: seconds. @param home - a folder on the disk to be measured @param threads - 0: the engine's choice */
export async function measureMachine(home: string, threads: number): Promise<Measured> {
  const { readBandwidth, fmaRate } = await loadAddon().measure(threads);
  return {
    ...{ cores: availableParallelism(), memory: process.availableMemory() },
    ...{ bandwidth: readBandwidth, flops: fmaRate, disk: await rateAt(home) },
  };
}

/** How fast the disk is on which a folder lies, bytes/s. */
async function rateAt(home: string): Promise<number | undefined> {
  const file = join(home, `disk-trial-${process.pid}`);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const handle = openSync(file, 'w', 0o600);
    // Not zeros: some file systems do not even write those.
    const block = Buffer.from(Array.from({ length: MIB }, (_, at) => (at * 2_654_435_761) >>> 13));
    for (let at = 0; at < TRIAL_BYTES; at += MIB) writeSync(handle, block);
    fsyncSync(handle);
    closeSync(handle);
    return await diskRate(file, TRIAL_BYTES);
  } catch {
    return undefined;
  } finally {
    rmSync(file, { force: true });
  }
}
