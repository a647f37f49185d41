import { TokenDecoder } from '../decoder.ts';
import type { Tokenizer } from '../engine.ts';

/**
 * What some tokenizer takes for a special piece: `<|separator|>`, `<｜User｜>`, `</s>`, `<start_of_turn>`, `<0x0A>`, `[INST]`. The match is its
 * first character.
 */
const SPECIAL = /<(?=[|｜]|\/?[\p{L}_][\p{L}\p{N}_.▁-]{0,31}>|0x[0-9A-Fa-f]{2}>)|\[(?=\/?[A-Z_]{2,24}\])/gu;

/**
 * A prompt as text, for a server to which our token ids mean nothing. There `<|separator|>` would become a special piece, whoever wrote it:
 * a space behind its first character keeps it plain.
 *
 * Lost against token ids: that space (`<b>` is read as `< b>`), the cuts between the parts of the window (a token may reach over a
 * border), and what the server puts before every text (its start token, a space).
 */
export function promptText(tokenizer: Pick<Tokenizer, 'bytes'>, tokens: readonly number[]): string {
  const decoder = new TokenDecoder(tokenizer);
  return tokens
    .map((token) => decoder.push(token))
    .join('')
    .replaceAll(SPECIAL, '$& ');
}
