import type { GenerateRequest } from '../engine.ts';
import type { EngineTokenizer } from '../native/engine.ts';
import type { Server } from './kind.ts';
import { promptText } from './plain.ts';

/** So many tokens a reply has before it may end: nobody wants an empty answer. */
const MIN_TOKENS = 4;
/** OpenAI's own servers refuse more; all of them are matched here anyway. */
const MOST_STOPS = 4;
/** Seeds are 32 bits with a sign in some servers. */
const SEEDS = 2 ** 31;

interface Room {
  readonly tokenizer: EngineTokenizer;
  /** What is left of the reply. */
  readonly maxTokens: number;
}

/**
 * A request in the words of the server: what each takes beside OpenAI's parameters.
 *
 * | | vLLM | SGLang | llama.cpp | other |
 * | --- | --- | --- | --- | --- |
 * | prompt and reply as token ids | both | both | prompt | neither |
 * | tokens that are never drawn | logit_bias -100 | logit_bias -100 | logit_bias false | no |
 * | phrases that are never said | bad_words, as they are written | no | no | no |
 * | no end among the first tokens | min_tokens | min_tokens | no | no |
 * | min_p, top_k | yes | yes | yes | no |
 * | repetition penalty | over the whole prompt | over the reply | over the chat | no |
 * | DRY | no | no | yes | no |
 *
 * Where a phrase comes all the same, the reply ends before it (phrases.ts). Servers older than `return_token_ids` ignore it: then their text is read. No server can keep new lines from the first tokens only, nor give each token a random number of its own: a resumed reply goes on
 * sensibly, but not with the words that would have come.
 *
 * Sources: vllm/entrypoints/openai/completion/protocol.py, sglang/srt/entrypoints/openai/protocol.py, llama.cpp tools/server/README.md.
 */
export function bodyFor(
  server: Server,
  request: GenerateRequest,
  { tokenizer, maxTokens }: Room,
): Record<string, unknown> {
  const { prompt, resume = [], sampling, stop } = request;
  const { kind, ids } = server;
  const tokens = [...prompt, ...resume];
  return {
    model: server.model,
    prompt: ids ? tokens : promptText(tokenizer, tokens),
    max_tokens: maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    // Another seed where a reply goes on, or it would draw its first random numbers twice.
    seed: (sampling.seed + 7919 * resume.length) % SEEDS,
    stop: kind === 'openai' ? stop.slice(0, MOST_STOPS) : stop,
    stream: true,
    ...extras(server, request, { tokenizer, maxTokens }),
  };
}

function extras(
  { kind, ids }: Server,
  request: GenerateRequest,
  { tokenizer, maxTokens }: Room,
): Record<string, unknown> {
  const { prompt, resume = [], sampling, penaltyStart, dryBreakers = [] } = request;
  const never = ids ? tokenizer.special.filter((token) => token !== tokenizer.eos) : [];
  if (kind === 'openai') return {};
  if (kind === 'llama.cpp') {
    const chat = prompt.length - penaltyStart + resume.length;
    return {
      ...{ top_k: sampling.topK, min_p: sampling.minP },
      ...{ repeat_penalty: sampling.repetitionPenalty, repeat_last_n: chat },
      ...{ dry_multiplier: sampling.dryMultiplier, dry_base: sampling.dryBase },
      ...{ dry_allowed_length: sampling.dryAllowedLength, dry_penalty_last_n: chat },
      dry_sequence_breakers: [...new Set(['\n', ':', ...dryBreakers])],
      logit_bias: never.map((token) => [token, false]),
    };
  }
  return {
    // 0 is refused by older vLLM, -1 means all to each of them.
    ...{ top_k: sampling.topK || -1, min_p: sampling.minP, repetition_penalty: sampling.repetitionPenalty },
    // More than max_tokens is refused.
    min_tokens: Math.min(Math.max(0, MIN_TOKENS - resume.length), maxTokens),
    ...(kind === 'vllm' && { bad_words: request.bannedPhrases ?? [] }),
    ...(kind === 'vllm' && !ids && { add_special_tokens: false }),
    ...(ids && {
      return_token_ids: true,
      stop_token_ids: [tokenizer.eos],
      logit_bias: Object.fromEntries(never.map((token) => [String(token), -100])),
    }),
  };
}
