import type { Tokenizer } from '../../../inference/engine/engine.ts';
import type { Chance } from '../../../queue/index.ts';
import type { PlayToken } from '../../api/playground.ts';

/** Tokens with the text that each stands for; half a character shows as such. With `chances`, how likely each was, and what else might have come. */
export function tokensOf(
  tokenizer: Tokenizer,
  tokens: readonly number[],
  chances: readonly Chance[] = [],
): PlayToken[] {
  const decoder = new TextDecoder();
  // Another worker's model may have more tokens than ours.
  const textOf = (id: number) => (id < tokenizer.vocabSize ? decoder.decode(tokenizer.bytes(id)) : '');
  return tokens.map((id, at) => {
    const chance = chances[at];
    if (!chance) return { id, text: textOf(id) };
    const alternatives = chance.top.map(({ token, logprob }) => ({
      text: textOf(token),
      probability: Math.exp(logprob),
    }));
    return { id, text: textOf(id), probability: Math.exp(chance.logprob), alternatives };
  });
}
