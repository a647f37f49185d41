import { spawnSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadAddon } from '../../inference/engine/index.ts';
import type { Measured } from '../../inference/plan/index.ts';

const MIB = 2 ** 20;
/** Enough that a disk shows its pace, and that nobody misses it for the moment. */
const TRIAL_MIB = 256;

/** Measures this machine: seconds. @param home - a folder on the disk to be measured @param threads - 0: the engine's choice */
export async function measureMachine(home: string, threads: number): Promise<Measured> {
  const { readBandwidth, fmaRate } = await loadAddon().measure(threads);
  return {
    ...{ cores: availableParallelism(), memory: process.availableMemory() },
    ...{ bandwidth: readBandwidth, flops: fmaRate, disk: diskRate(home) },
  };
}

/** How fast a file is read past the page cache, bytes/s. Only dd can do that where Node cannot; undefined where it cannot either. */
function diskRate(home: string): number | undefined {
  const file = join(home, `disk-trial-${process.pid}`);
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const handle = openSync(file, 'w', 0o600);
    // Not zeros: some file systems do not even write those.
    const block = Buffer.from(Array.from({ length: MIB }, (_, at) => (at * 2_654_435_761) >>> 13));
    for (let at = 0; at < TRIAL_MIB; at++) writeSync(handle, block);
    fsyncSync(handle);
    closeSync(handle);
    const start = performance.now();
    const { status } = spawnSync('dd', [`if=${file}`, 'of=/dev/null', 'bs=4M', 'iflag=direct'], { timeout: 60_000 });
    const seconds = (performance.now() - start) / 1000;
    return status === 0 ? (TRIAL_MIB * MIB) / seconds : undefined;
  } catch {
    return undefined;
  } finally {
    rmSync(file, { force: true });
  }
}
