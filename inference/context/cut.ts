import type { Tokenizer } from '../engine/engine.ts';
import { encodeParts, type Parts, renderTurn } from './render.ts';
import { sanitizeText } from './text.ts';

/** Stands where the middle of a text was taken out. */
export const MARK = ' [...] ';

/** A turn (or the summary) with its tokens. */
export interface Line {
  readonly parts: Parts;
  readonly tokens: readonly number[];
  /** Whether the middle was taken out. */
  readonly cut: boolean;
}

/**
 * Renders a turn within `limit` tokens. A longer text loses its middle: what people want of somebody stands at the beginning or the end.
 */
export function fitTurn(tokenizer: Tokenizer, name: string, text: string, limit: number): Line {
  const lineOf = (body: string, cut: boolean): Line => {
    const parts = renderTurn(name, body);
    return { parts, tokens: encodeParts(tokenizer, parts), cut };
  };
  // Without this, tokenising a megabyte of pasted text would hold up everybody. A token seldom stands for more than 16 characters.
  const characters = [
    ...sanitizeText(text.length > limit * 64 ? text.slice(0, limit * 32) + text.slice(-limit * 32) : text),
  ];
  if (characters.length <= limit * 16) {
    const whole = lineOf(characters.join(''), false);
    if (whole.tokens.length <= limit) return whole;
  }

  // The most characters that fit. More characters are not always more tokens, but each result is measured before it is taken.
  let best = lineOf(MARK.trim(), true);
  let low = 1;
  let high = Math.min(characters.length - 1, limit * 16);
  while (low <= high) {
    const middle = (low + high) >> 1;
    const candidate = lineOf(withoutMiddle(characters, middle), true);
    if (candidate.tokens.length <= limit) {
      best = candidate;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return best;
}

/** Keeps `count` characters, half of them from each end. */
function withoutMiddle(characters: readonly string[], count: number): string {
  const head = Math.ceil(count / 2);
  const tail = count - head;
  const end = tail > 0 ? characters.slice(-tail).join('').trimStart() : '';
  return characters.slice(0, head).join('').trimEnd() + MARK + end;
}
