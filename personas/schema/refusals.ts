import { z } from 'zod';
import { because, mistake } from '../mistakes.ts';
import { exchange, shortLine } from './text.ts';

/** Words; `*` stands for anything within a line. Not a regular expression: those can be written so that they never end. */
const pattern = shortLine(120).refine((value) => /[\p{L}\p{N}]/u.test(value), because(mistake('wordless')));
const patterns = z.array(pattern).max(500).default([]);

/** What the persona will have no part in. */
export const refusals = z.strictObject({
  /** How it says no: stands among the examples, because a base model learns from nothing else. */
  examples: z.array(exchange).max(6).default([]),
  /** Questions that hold one of these are answered with a line of `lines.refused`. */
  input: patterns,
  /** A reply that holds one of these is replaced by a line of `lines.refused`. */
  output: patterns,
});

export type Refusals = z.output<typeof refusals>;
