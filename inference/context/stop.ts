import { renderCursor } from './render.ts';
import { NOTE, SEPARATOR, words } from './words.ts';

/**
 * The texts before which a reply ends: somebody else's line, the persona's next line, a part of the layout.
 *
 * @param names - everybody in the window, the persona too.
 * @param own - the persona's own.
 */
export function stopStrings(names: Iterable<string>, own: readonly string[] = []): string[] {
  const speakers = [...names, ...Object.values(words).flatMap(({ friend, earlier }) => [friend, earlier])];
  const starts = [...speakers.map(renderCursor), SEPARATOR, NOTE];
  return [...new Set([...starts.map((start) => `\n${start}`), ...own])];
}

/** Texts at which DRY stops looking for repetition: who speaks and how a line is built is meant to repeat. */
export function dryBreakers(names: Iterable<string>): string[] {
  return [...new Set(['\n', ':', '"', '*', ...names])];
}
