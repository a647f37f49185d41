import type { EngineStats, ModelConfig, Priority, Sampling, TokenLogprob } from './addon.ts';

/** Text in, token ids out. One tokenizer per model; safe to call from anywhere, it holds no state between calls. */
export interface Tokenizer {
  readonly vocabSize: number;
  readonly bos: number;
  readonly eos: number;
  /** Token ids as SentencePiece gives them: a space is put before the text, special pieces such as `<|separator|>` are found. For text of ours only. */
  encode(text: string): number[];
  /**
   * Token ids of text that goes on after something else (no space is put before it) and that stays plain text: what looks like a special
   * piece is spelled out. For everything that users, personas and models wrote. `encodePlain(a) ++ encodePlain(b)` decodes to `a + b`.
   */
  encodePlain(text: string): number[];
  decode(tokens: readonly number[]): string;
  /** The bytes that a token stands for in running text (empty for control pieces). */
  bytes(token: number): Uint8Array;
}

/** Why a reply ended. */
export type Finish =
  /** The model ended the reply: a stop string, a new turn, or its end-of-text token. */
  | 'stop'
  /** The reply reached its length. */
  | 'length'
  /** Somebody stopped it. */
  | 'cancelled';

export interface GenerateRequest {
  /** Prompt token ids. */
  prompt: readonly number[];
  /** Reply tokens that exist already, when a reply is resumed; their text is not given out again. */
  resume?: readonly number[];
  maxTokens: number;
  sampling: Sampling;
  /** The reply ends before the first of these. They are matched on the text, never shown, not even in part. */
  stop: readonly string[];
  /** Index into `prompt` from which repetition is counted: the transcript, not the persona's static part. */
  penaltyStart: number;
  /** Text at which DRY stops matching, e.g. names. */
  dryBreakers?: readonly string[];
  /** Texts that the reply never spells (see `bannedPhrases` in addon.ts). */
  bannedPhrases?: readonly string[];
  /** With each token, this many of the likeliest are told, at most 20. */
  topLogprobs?: number;
  /** `low` for work that nobody waits for. Default: normal. */
  priority?: Priority;
}

/** How likely a token was, and what else might have come: probabilities before penalties and at temperature 1, as natural logarithms. */
export interface TokenChance {
  logprob: number;
  top: readonly TokenLogprob[];
}

/** Some text of a reply. `tokens` are those drawn since the last piece; `text` may lag behind them while it could still be part of a stop string. */
export interface Piece {
  text: string;
  tokens: number[];
  /** For each of `tokens`, where the request asked for `topLogprobs`. */
  logprobs?: TokenChance[];
  /** Set on the last piece. */
  finish?: Finish;
}

/** Something that runs a model: our own kernels (`native`) or a server that speaks OpenAI's completions (`remote`). */
export interface Engine {
  /** What is running, e.g. "pocket (toy, 8M)" or "grok-1"; shown to people. */
  readonly name: string;
  /** Where weights, keys and values lie and what computes, e.g. "cpu (avx512)"; absent where a server somewhere else does it all. */
  readonly device?: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Positions that prompt and reply may take together. */
  readonly context: number;
  /**
   * Generates a reply. Ends with a piece that has `finish`; an aborted signal ends it with 'cancelled' at the next step.
   * @throws WisecrackError ENGINE_* when the request is not possible (prompt too long, token out of range) or the engine fails.
   */
  generate(request: GenerateRequest, signal?: AbortSignal): AsyncIterable<Piece>;
  stats(): EngineStats;
  close(): Promise<void>;
}
