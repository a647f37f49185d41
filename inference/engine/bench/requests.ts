import type { NativeRequest } from '../addon.ts';
import { Random } from '../random.ts';

/** Random tokens, none of them a special one: the same for the same `seed`, which is at least 0. */
export function tokensOf(vocabSize: number, count: number, seed: number): number[] {
  const random = new Random(1 + seed * 7919);
  return Array.from({ length: count }, () => 4 + random.below(vocabSize - 4));
}

/** A request whose reply is drawn from all tokens at temperature 1. */
export function requestOf(prompt: readonly number[], maxTokens: number, seed: number): NativeRequest {
  const none = new Int32Array(0);
  const sampling = {
    ...{ temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed },
    ...{ dryMultiplier: 0, dryBase: 1, dryAllowedLength: 0 },
  };
  return {
    ...{ tokens: Int32Array.from(prompt), resumed: 0, maxTokens, sampling, penaltyStart: prompt.length, minTokens: 0 },
    ...{ dryBreakers: none, stopTokens: none, bannedTokens: none, bannedFirst: none },
  };
}
