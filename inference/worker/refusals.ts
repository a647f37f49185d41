import { compilePatterns, type Patterns, type Persona } from '../../personas/index.ts';
import type { Job } from '../../queue/index.ts';

/** Made ready once for each list; a persona that changes brings a new one. */
const compiled = new WeakMap<readonly string[], Patterns>();

function patternsOf(list: readonly string[]): Patterns {
  const known = compiled.get(list) ?? compilePatterns(list);
  compiled.set(list, known);
  return known;
}

type Refusing = Pick<Persona, 'refusals'>;
type Blocking = Pick<Job, 'blocked'>;

/** Whether a persona will have no part in a question, or it is blocked where it was asked. */
export function isRefused(question: string, { refusals }: Refusing, { blocked }: Blocking): boolean {
  return [refusals.input, blocked?.input ?? []].some((list) => patternsOf(list).find(question) !== undefined);
}

/** What a persona must not say, or nobody where it was asked; undefined when that is nothing. */
export function forbiddenBy({ refusals }: Refusing, { blocked }: Blocking): Patterns | undefined {
  const lists = [refusals.output, blocked?.output ?? []].filter(({ length }) => length > 0).map(patternsOf);
  if (lists.length === 0) return undefined;
  return { find: (text) => lists.map((list) => list.find(text)).find((found) => found !== undefined) };
}
