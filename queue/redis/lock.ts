import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WisecrackError } from '../../errors.ts';

/** Longer than any start takes. */
const PATIENCE_MS = 30_000;

/**
 * Runs `work` while holding a lock file, so that of two processes that start at once only one starts a keeper. A lock
 * whose holder is dead is taken away: by renaming, which of several only one can do.
 */
export async function withLock(file: string, work: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !take(file); await sleep(20)) {
    if (isStale(file)) remove(file);
    if (Date.now() > deadline) {
      throw new WisecrackError('WISECRACK_REDIS_IN_USE', { folder: dirname(file), reason: `${file} is held` });
    }
  }
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isStale(file: string): boolean {
  try {
    const pid = readFileSync(file, 'utf8');
    // An empty file is one that is just being written, or whose writer died in doing so.
    return pid === '' ? statSync(file).mtimeMs < Date.now() - 5000 : !isAlive(Number(pid));
  } catch {
    return false;
  }
}

function remove(file: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    rmSync(aside);
  } catch {}
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
