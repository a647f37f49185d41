import { z } from 'zod';
import type { Catalogue } from '../../personas/said.ts';

/** A sentence of a catalogue: `code` never changes, and says with its values the same as the English `message`. */
export const saidOf = <All extends Catalogue>(all: All) =>
  z.object({
    code: z.enum(Object.keys(all) as [keyof All & string]),
    values: z.record(z.string(), z.unknown()),
    message: z.string(),
  });
