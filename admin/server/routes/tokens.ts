import type { Tokenizer } from '../../../inference/engine/engine.ts';

/** Tokens with the text that each stands for; half a character shows as such. */
export function tokensOf(tokenizer: Tokenizer, tokens: readonly number[]): { id: number; text: string }[] {
  const decoder = new TextDecoder();
  // Another worker's model may have more tokens than ours.
  return tokens.map((id) => ({ id, text: id < tokenizer.vocabSize ? decoder.decode(tokenizer.bytes(id)) : '' }));
}
