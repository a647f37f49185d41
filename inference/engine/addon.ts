/**
 * What the C++ addon offers, as TypeScript sees it. `inference/native/addon/` implements exactly this and nothing else.
 */

/** The arithmetic of activations: `bf16` as xAI's release computes, `f32` for checking. */
export type Device = 'auto' | 'cpu' | 'cuda';
export type Activations = 'f32' | 'bf16';

/** How the next token is drawn. A value that switches its step off: temperature 0 (greedy), topK 0, topP 1, minP 0, penalties 1 / multiplier 0. */
export interface Sampling {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  /** Divides positive logits (multiplies negative ones) of tokens that occurred since `penaltyStart`. 1 = off. */
  repetitionPenalty: number;
  /** "Don't repeat yourself": penalty = multiplier * base^(match - allowedLength) for tokens that would extend a repeated run. */
  dryMultiplier: number;
  dryBase: number;
  dryAllowedLength: number;
  /** Any integer below 2^53. Token i of a reply draws its random number from (seed, i) alone, so a resumed reply goes on as it would have. */
  seed: number;
}

export interface NativeRequest {
  /** Prompt, and when a reply is resumed also the tokens it has so far. Every id in [0, vocab). */
  tokens: Int32Array;
  /** How many of the last `tokens` are already reply (0 for a new reply). They count towards maxTokens and the random stream. */
  resumed: number;
  /** At most this many reply tokens, resumed ones included. */
  maxTokens: number;
  sampling: Sampling;
  /** Index into `tokens` from which penalties look at tokens (the transcript, not the persona's static part). */
  penaltyStart: number;
  /** Tokens at which DRY stops matching (new line, names, colon). */
  dryBreakers: Int32Array;
  /** Tokens that end the reply (not reported as part of it), e.g. eos. */
  stopTokens: Int32Array;
  /** Tokens that are never drawn. */
  bannedTokens: Int32Array;
  /** Tokens that are not drawn as one of the first `minTokens` reply tokens (new line, eos). */
  bannedFirst: Int32Array;
  minTokens: number;
  /**
   * Texts that the reply never spells, each 1 to 1024 bytes: a token that would complete one is not drawn. ASCII letters match in either
   * case, white space matches white space, and what begins with a letter matches where a word begins. Needs {@link OpenOptions.pieces}.
   */
  bannedPhrases?: readonly string[];
  /** With each token, this many of the likeliest are told, at most 20. 0 or absent: none. */
  topLogprobs?: number;
  /** `low`: work that nobody waits for. It joins when no other request waits and is the first to give way. Default: normal. */
  priority?: Priority;
}

export type Priority = 'normal' | 'low';

export type NativeFinish = 'stop-token' | 'length' | 'context' | 'cancelled' | 'error';

/** A token and the natural logarithm of its probability. */
export interface TokenLogprob {
  token: number;
  logprob: number;
}

/** What all tokens spell, end to end: token t is bytes[ends[t - 1] .. ends[t]). */
export interface TokenPieces {
  bytes: Uint8Array;
  ends: Uint32Array;
}

/** One event of one request; all events of an engine step arrive in one call. */
export interface StepEvent {
  id: number;
  /** The new token, or -1 when this event only ends the request. */
  token: number;
  finish?: NativeFinish;
  /** With `topLogprobs`: the natural logarithm of the token's probability, before penalties and at temperature 1; the likeliest, in order. */
  logprob?: number;
  topLogprobs?: TokenLogprob[];
  /** With finish 'error'. */
  message?: string;
}

/** xAI's names (model.py: LanguageModelConfig, TransformerConfig), as read from config.json. */
export interface ModelConfig {
  vocabSize: number;
  embSize: number;
  numLayers: number;
  numQHeads: number;
  numKvHeads: number;
  keySize: number;
  ffnSize: number;
  numExperts: number;
  numSelectedExperts: number;
  sequenceLen: number;
  padToken: number;
  eosToken: number;
}

export interface EngineStats {
  /** Requests that wait for a place in the batch. */
  waiting: number;
  running: number;
  /** Steps since open, and tokens that they computed: what comes from the prefix cache is not among them. */
  steps: number;
  promptTokens: number;
  replyTokens: number;
  /** Duration of the last step in ms, and how many requests had a part in it. */
  stepMs: number;
  batch: number;
  /** What the forward pass took since open, in ms; the rest of the engine's time goes to scheduler and sampling. */
  forwardMs: number;
  /** How often a request gave way to others, since keys and values had no room, and waited again. */
  preempted: number;
  /** Prompt tokens that the prefix cache had, and those that it had not. */
  prefixHits: number;
  prefixMisses: number;
  /** Blocks of 16 tokens' keys and values: all, those that requests hold, those kept for prompts to come. The rest is unused. */
  kvBlocks: number;
  kvBlocksUsed: number;
  kvBlocksCached: number;
  weightBytes: number;
  /** What all blocks take. */
  kvBytes: number;
  /** Memory of the cards, and what of it was taken when the model was open: it takes no more later. 0 where there is none. */
  deviceBytes: number;
  deviceBytesUsed: number;
  /** Most steps in a row that a request which runs had no part in. */
  longestIdle: number;
  threads: number;
  /** Devices that share the model. */
  shards: number;
}

/** All positions of a forward pass; for checking against golden vectors. */
export interface Trace {
  /** [tokens, vocab] */
  logits: Float32Array;
  /** [layers + 1, tokens, emb]: scaled embedding, then the residual stream after each layer. */
  hidden: Float32Array;
  /** [layers, tokens, experts] softmax over all experts. */
  routerProbs: Float32Array;
  /** [layers, tokens, selected] chosen experts, larger probability first. */
  experts: Int32Array;
}

export interface OpenOptions {
  /** Where to compute. 'auto' or absent: on the first CUDA card, where there is one that can hold the model, else on the CPU. */
  device?: Device;
  activations: Activations;
  /**
   * Devices that share the model (tensor parallelism): 1, 2, 4 or 8; absent = 1. Cards, or on the CPU groups of threads. `threads` are
   * all of them together, at least one for each.
   */
  shards?: number;
  /** Whether the product of an int8 weight and its scale is rounded to bfloat16, as xAI does (default); without it, for checking. */
  roundProduct?: boolean;
  /** Threads that compute, the engine's own included; 0 = the usable cores (affinity, cgroup quota), less one where there are more than two. */
  threads: number;
  /** Requests in the batch at once. */
  maxSequences: number;
  /** Positions per request; 0 = config's sequence_len. */
  context: number;
  /**
   * Budget in bytes of the keys and values of all requests and of the prefix cache; 0 or absent = what `maxSequences` requests of `context`
   * positions take. Where it is less, requests wait for one another, and one that could never fit is refused.
   */
  kvBytes?: number;
  /** Tokens that one step computes, at most (a little more where maxSequences needs it); 0 or absent = 256, or 1024 where experts stay on the host. A long prompt is read in such pieces. */
  stepTokens?: number;
  /** For `bannedPhrases`. May be shorter than the vocabulary: the rest stands for nothing. */
  pieces?: TokenPieces;
}

/** Experts that did not fit the cards: they stay in the host's memory, and those that are chosen cross to the cards. */
export interface Offload {
  /** The last so many layers. */
  layers: number;
  /** Of all their experts. */
  bytes: number;
  /** That a token waits for. */
  tokenBytes: number;
  /** Bytes/s that cross, measured when the model was opened; of all cards together. */
  rate: number;
}

export interface NativeModel {
  readonly config: ModelConfig;
  /** What computes: 'cpu (avx2)', or the name of the card. */
  readonly device: string;
  /** Whether the weights are mapped and larger than the memory that was free: then each step reads them from the disk. Of cards: those of `offload`. */
  readonly fromDisk: boolean;
  readonly offload: Offload | undefined;
  /** Starts a request and returns its id. Throws TypeError/RangeError on a wrong argument. Events arrive at `onStep` until one has `finish`. */
  generate(request: NativeRequest): number;
  /** Ends a request at the next step; its last event has finish 'cancelled'. Unknown ids are ignored. */
  cancel(id: number): void;
  /**
   * Runs `tokens` from an empty cache, `chunk` tokens at a time (chunk 1: step by step through the KV cache; 0: all at once).
   * Runs beside other requests, on the engine's own thread.
   */
  trace(tokens: Int32Array, chunk: number): Promise<Trace>;
  stats(): EngineStats;
  /**
   * Bytes a second at which so many threads (0: as many as the engine takes by itself) read the mapped weights: over and over until they get no
   * faster, then the mean of half a second. No step may run meanwhile, or both are slower.
   */
  readRate(threads: number): Promise<number>;
  /** Cancels what runs, frees all native memory; resolves when it is freed. Calls after close throw. Closing twice is fine. */
  close(): Promise<void>;
}

/** The machine's own limits, measured now with the engine's threads. */
export interface MachineLimits {
  /** Sequential read bandwidth, bytes/s. */
  readBandwidth: number;
  /** Fused multiply-add rate in float32, flop/s (2 per FMA). */
  fmaRate: number;
}

export interface ConvertOptions {
  /** Of the matrices. `int8` keeps int8 weights as they are; from others it is lossy. */
  dtype: 'bf16' | 'int8';
  /** Files; 0 = of about 10 GB each. */
  shards: number;
  /** 0 = the usable cores, at most 16. */
  threads: number;
}

export interface Converted {
  bytes: number;
  shards: number;
  /** Bytes that an earlier run had written. */
  found: number;
}

/** What the checksums that `convert` left say of a folder's files. */
export interface CheckedFiles {
  files: number;
  bytes: number;
  /** A line for each file that is missing, has another length or holds other bytes. */
  wrong: string[];
}

export interface Addon {
  /**
   * Opens a folder with config.json and model.safetensors (or shards with model.safetensors.index.json), or with xAI's ckpt-0, which
   * needs no config.json when it is Grok-1's. The weights are mapped, not copied.
   * `onStep` gets all events of an engine step at once. `onProgress` gets 0..1 while weights are brought into memory.
   * Rejects with an Error whose `code` is one of WISECRACK_MODEL_NOT_FOUND, WISECRACK_MODEL_INVALID, WISECRACK_OUT_OF_MEMORY,
   * WISECRACK_DEVICE_MISSING and whose message names the file and every wrong or missing tensor.
   */
  open(
    folder: string,
    options: OpenOptions,
    onStep: (events: StepEvent[]) => void,
    onProgress?: (fraction: number) => void,
  ): Promise<NativeModel>;
  /**
   * Writes the model in `source` as safetensors files into `target`; a call that was killed is gone on with by the same call.
   * `onProgress` gets bytes; when it gives false, the work stops. Rejects as `open` does for the source, with code
   * WISECRACK_CONVERT_FAILED for the target.
   */
  convert(
    source: string,
    target: string,
    options: ConvertOptions,
    onProgress: (done: number, total: number, found: number) => boolean,
  ): Promise<Converted>;
  /**
   * Reads all files that `convert` has written into a folder and compares them with their checksums. `onProgress` as for `convert`. Rejects
   * with code WISECRACK_MODEL_NOT_FOUND when there are no checksums.
   */
  check(folder: string, onProgress: (done: number, total: number) => boolean): Promise<CheckedFiles>;
  measure(threads: number): Promise<MachineLimits>;
  /** What the kernels use and what there is: { cpu: ['avx2','fma',...], kernels: 'avx2' | 'portable' | ..., cuda: { available: false, reason: '...' } }. */
  features(): {
    cpu: string[];
    kernels: string;
    cuda: { available: boolean; reason: string; driver?: string; devices?: string[]; memory?: number[] };
  };
}
