import type { Persona } from './schema.ts';

/** When a persona says a line of its own instead of what a model wrote. */
export type Occasion = keyof Persona['lines'];

/**
 * A persona's line for an occasion.
 *
 * @param key - the same key gives the same line, e.g. a job's id, so that a message sent twice does not change; random when left out.
 * @returns undefined when the persona has none (`full` and `cancelled` may be missing).
 */
export function pickLine(persona: Pick<Persona, 'lines'>, occasion: Occasion, key?: string): string | undefined {
  return pick(persona.lines[occasion] ?? [], key);
}

/** One of a persona's greetings, as {@link pickLine} picks. */
export function pickGreeting({ greeting, greetings }: Pick<Persona, 'greeting' | 'greetings'>, key?: string): string {
  return pick([greeting, ...greetings], key) ?? greeting;
}

function pick(from: readonly string[], key: string | undefined): string | undefined {
  return from[key === undefined ? Math.floor(Math.random() * from.length) : hash(key) % from.length];
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
