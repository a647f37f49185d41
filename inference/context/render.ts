import type { Tokenizer } from '../engine/engine.ts';
import { indentText } from './text.ts';

/**
 * Text that is tokenised piece by piece: no token reaches over the border of two parts, so what stands before a border has the same
 * tokens whatever follows it.
 */
export type Parts = readonly string[];

/** `Name:` and nothing after it: where the model goes on. */
export function renderCursor(name: string): string {
  return `${name}:`;
}

/**
 * A turn as it stands in the window: its head, which is a cursor, and its body, which is what the model would have written after it.
 * Being parts of their own, they have the tokens that stood there while the reply was made.
 *
 * @param name - a name from `sanitizeName` or a persona's.
 */
export function renderTurn(name: string, text: string): [head: string, body: string] {
  return [renderCursor(name), ` ${indentText(text)}\n`];
}

/** The same for a reply that has begun, without an end: the model goes on in the middle of the line. */
export function renderBegun(name: string, text: string): [head: string, body: string] {
  return [renderCursor(name), ` ${indentText(text)}`];
}

/** The tokens of parts, one after the other. */
export function encodeParts(tokenizer: Tokenizer, parts: Parts): number[] {
  return parts.flatMap((part) => tokenizer.encodePlain(part));
}
