import type { PersonaSampling } from '../../personas/schema.ts';
import type { Sampling } from '../engine/addon.ts';

/** A persona's sampling as an engine takes it. */
export function samplingOf({ dry, ...rest }: PersonaSampling, seed: number): Sampling {
  return { ...rest, dryMultiplier: dry.multiplier, dryBase: dry.base, dryAllowedLength: dry.allowedLength, seed };
}
