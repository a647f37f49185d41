import type { Persona } from './schema.ts';

/** When a persona says a line of its own instead of what a model wrote. */
export type Occasion = keyof Persona['lines'];

/**
 * A persona's line for when something goes wrong.
 *
 * @param key - the same key gives the same line, e.g. a job's id, so that a message sent twice does not change; random when left out.
 * @returns undefined when the persona has none (only `cancelled` may be missing).
 */
export function pickLine(persona: Pick<Persona, 'lines'>, occasion: Occasion, key?: string): string | undefined {
  const lines = persona.lines[occasion];
  if (!lines || lines.length === 0) return undefined;
  return lines[key === undefined ? Math.floor(Math.random() * lines.length) : hash(key) % lines.length];
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
