import { readFileSync, writeFileSync } from 'node:fs';

/** Forgets the most memory that this process had. Only Linux knows how. */
export function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Then the peak is that of the whole process, or unknown.
  }
}

/** The most memory that was resident since then, in bytes; undefined where the system does not say. */
export function peakBytes(): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
