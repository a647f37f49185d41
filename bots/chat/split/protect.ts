import type { Rules } from './rules.ts';

/** A stretch of a text: from `start` up to but not including `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Mentions, emoji, times, commands and addresses between angle brackets. */
const bracketed =
  /<(?:@[!&]?\d+|#\d+|a?:\w{1,32}:\d+|t:-?\d{1,17}(?::\w)?|\/[^<>\n]{1,120}:\d+|id:\w+|[a-z][a-z\d+.-]{1,15}:[^\s<>]+)>/iy;

/** The same, not yet finished where the text ends. */
const bracketedSoFar =
  /<(?:@[!&]?\d*|#\d*|a?:?\w{0,32}:?\d*|t:-?\d{0,17}:?\w?|\/[^<>\n]{0,140}|[a-z][a-z\d+.-]{0,15}(?::[^\s<>]*)?)?$/iy;

// Punctuation of Chinese ends an address: nobody means it, and no space need follow it. Emphasis marks end it too.
const address = /https?:\/\/[^\s<>*|`\u3000-\u303f\uff00-\uffef]+/iy;

const mention = /@[\p{L}\p{N}_][\p{L}\p{N}\p{M}_.-]{0,31}/uy;

/** The end of a text that may become an address. */
const addressSoFar = /(?<![a-z])h(?:t(?:t(?:p(?:s?(?::\/?)?)?)?)?)?$/i;

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Where the thing in angle brackets that begins at `at` ends. */
export function bracketedEnd(text: string, at: number): number | undefined {
  return matchEnd(bracketed, text, at);
}

/** Whether the text ends in a thing in angle brackets that is not finished and begins at `at`. */
export function isBracketedSoFar(text: string, at: number): boolean {
  return matchEnd(bracketedSoFar, text, at) !== undefined;
}

/** Where the bare address that begins at `at` ends. */
export function addressEnd(text: string, at: number): number | undefined {
  return matchEnd(address, text, at);
}

/** Where the name after an @ at `at` ends; a lone @ where the text ends may get one. */
export function mentionEnd(text: string, at: number): number | undefined {
  return matchEnd(mention, text, at) ?? (at === text.length - 1 ? text.length : undefined);
}

/** Where an address that has only just begun starts, at the end of the text. */
export function addressSoFarStart(text: string): number | undefined {
  const tail = Math.max(0, text.length - 9);
  const match = addressSoFar.exec(text.slice(tail));
  return match ? tail + match.index : undefined;
}

export type Link =
  /** A whole link. */
  | { state: 'whole'; end: number }
  /** The text ends in its address. */
  | { state: 'address'; label: string }
  /** The text ends in its label or directly after it: perhaps no link at all. */
  | { state: 'label' };

/** The longest unfinished address that is hidden, in characters. */
const longestHidden = 300;

/** How many brackets a label may have inside each other. */
const deepest = 4;

/** Reads `[label](address)`, where `at` is the position of the opening bracket and `to` where its paragraph ends. */
export function readLink(text: string, at: number, to: number, rules: Rules): Link | undefined {
  const unfinished = to === text.length;
  const last = Math.min(to, at + 1 + rules.label);
  let depth = 0;
  let close = at;
  for (; close < last; close++) {
    const character = text.charAt(close);
    if (character === '\\') close++;
    else if (character === '[' && ++depth > deepest) return undefined;
    else if (character === ']' && --depth === 0) break;
  }
  if (close >= last) return unfinished && last === to ? { state: 'label' } : undefined;
  if (close + 1 >= to) return unfinished ? { state: 'label' } : undefined;
  if (text.charAt(close + 1) !== '(') return undefined;
  const end = addressCloses(text, close + 2, to);
  if (end !== undefined) return end > to ? undefined : { state: 'whole', end };
  const rest = text.slice(close + 2, to);
  return unfinished && rest.length <= longestHidden && !/\n/.test(rest)
    ? { state: 'address', label: text.slice(at + 1, close) }
    : undefined;
}

/** Where the bracket around an address closes, just behind it; undefined when the text ends before. Past `to`: never. */
function addressCloses(text: string, from: number, to: number): number | undefined {
  let depth = 0;
  for (let at = from; at < to; at++) {
    const character = text.charAt(at);
    if (character === '\n') return to + 1;
    if (character === '\\') at++;
    else if (character === '(') depth++;
    else if (character === ')' && depth-- === 0) return at + 1;
  }
  return undefined;
}
