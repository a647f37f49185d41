import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelRequests } from '../../../inference/engine/native/requests.ts';
import { type Asked, bannedIn } from './asked.ts';

/** Where a fake server's tokens come from. Ends with the reason; stops when the signal is aborted. */
export type Source = (
  prompt: readonly number[],
  asked: Asked,
  signal: AbortSignal,
) => AsyncGenerator<number, 'stop' | 'length', void>;

/** Says the same to everybody, whatever they ask; of a reply that goes on, only what is left. */
export function scripted(tokens: readonly number[], { paceMs = 0 } = {}): Source {
  return async function* (prompt, asked) {
    // A prompt that ends with the script's beginning is a reply that was taken over.
    const begun =
      tokens.findLastIndex((_, at) => tokens.slice(0, at + 1).every((one, i) => prompt.at(i - at - 1) === one)) + 1;
    for (const [at, token] of tokens.slice(begun).entries()) {
      if (at === asked.max_tokens) return 'length';
      if (paceMs > 0) await sleep(paceMs);
      yield token;
    }
    return 'stop';
  };
}

const none = new Int32Array(0);

/** Lets a model of our own engine speak. @param coolness - what temperatures are multiplied by: toys need it */
export function modelled(requests: ModelRequests, { eos = 2, coolness = 1 } = {}): Source {
  return async function* (prompt, asked, signal) {
    const sampling = {
      ...{
        temperature: asked.temperature * coolness,
        topK: Math.max(0, asked.top_k),
        topP: asked.top_p,
        minP: asked.min_p,
      },
      ...{ repetitionPenalty: Math.max(asked.repetition_penalty, asked.repeat_penalty), seed: asked.seed ?? 0 },
      ...{ dryMultiplier: asked.dry_multiplier, dryBase: asked.dry_base, dryAllowedLength: asked.dry_allowed_length },
    };
    const request = {
      ...{ tokens: Int32Array.from(prompt), resumed: 0, maxTokens: asked.max_tokens, sampling },
      ...{ penaltyStart: Math.max(0, prompt.length - asked.repeat_last_n), dryBreakers: none },
      stopTokens: Int32Array.from(new Set([eos, ...asked.stop_token_ids])),
      ...{
        bannedTokens: Int32Array.from(bannedIn(asked)),
        bannedFirst: Int32Array.of(eos),
        minTokens: asked.min_tokens,
      },
    };
    for await (const events of requests.run(request, signal)) {
      for (const { token, finish } of events) {
        if (token >= 0) yield token;
        if (finish) return finish === 'stop-token' ? 'stop' : 'length';
      }
    }
    return 'stop';
  };
}
