import { totalmem } from 'node:os';
import type { Engine } from '../engine/engine.ts';

/** What a worker tells of its device. */
export interface Load {
  /** The part of the time since the last look that went into the forward pass, 0..1. */
  utilisation: number;
  /** Memory in bytes, and what of it is taken: a card's, else this machine's. */
  deviceBytes: number;
  deviceBytesUsed: number;
}

/**
 * Watches the device of an engine. What is told is empty for a server somewhere else, whose device nobody here sees.
 *
 * @param now - a clock in ms.
 */
export function watchDevice(engine: Pick<Engine, 'device' | 'stats'>, now: () => number = () => performance.now()) {
  let last = { at: now(), forwardMs: engine.stats().forwardMs };
  return (): Load | Record<string, never> => {
    if (engine.device === undefined) return {};
    const { forwardMs, ...stats } = engine.stats();
    const [at, since] = [now(), last];
    last = { at, forwardMs };
    const utilisation = Math.min(1, (forwardMs - since.forwardMs) / Math.max(1, at - since.at));
    return { utilisation, ...(stats.deviceBytes > 0 ? memoryOf(stats) : hostMemory()) };
  };
}

const memoryOf = ({ deviceBytes, deviceBytesUsed }: Omit<Load, 'utilisation'>) => ({ deviceBytes, deviceBytesUsed });

/** Of this machine, or of what its container may take. */
function hostMemory(): Omit<Load, 'utilisation'> {
  const deviceBytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return { deviceBytes, deviceBytesUsed: Math.max(0, deviceBytes - process.availableMemory()) };
}
