import { compilePatterns, type Patterns, type Persona } from '../../personas/index.ts';

/** Made ready once for each list; a persona that changes brings a new one. */
const compiled = new WeakMap<readonly string[], Patterns>();

function patternsOf(list: readonly string[]): Patterns {
  const known = compiled.get(list) ?? compilePatterns(list);
  compiled.set(list, known);
  return known;
}

/** Whether a persona will have no part in a question. */
export function isRefused(question: string, { refusals }: Persona): boolean {
  return patternsOf(refusals.input).find(question) !== undefined;
}

/** What a persona must not say; undefined when that is nothing. */
export function forbiddenBy({ refusals }: Persona): Patterns | undefined {
  return refusals.output.length > 0 ? patternsOf(refusals.output) : undefined;
}
