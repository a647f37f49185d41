import { WisecrackError } from '../../../errors.ts';
import type { EngineStats, ModelConfig, NativeRequest, Offload } from '../addon.ts';
import type { Engine, GenerateRequest, Piece, Tokenizer } from '../engine.ts';
import { Reply } from './reply.ts';
import type { ModelRequests } from './requests.ts';

/** So many tokens a reply has before it may end: nobody wants an empty answer. */
const MIN_TOKENS = 4;
const NEWLINE = 0x0a;

/** What the engine needs of a tokenizer beside text and tokens: the ids that are never drawn. */
export type EngineTokenizer = Tokenizer & { readonly special: readonly number[] };

/** Our own kernels behind the `Engine` interface. Open it with `openNative`. */
export class NativeEngine<T extends EngineTokenizer = EngineTokenizer> implements Engine {
  readonly name: string;
  /** A model that only shows how things work. */
  readonly toy: boolean;
  readonly device: string;
  readonly config: ModelConfig;
  readonly tokenizer: T;
  readonly context: number;
  readonly #coolness: number;
  readonly #requests: ModelRequests;
  readonly #stopTokens: Int32Array;
  readonly #bannedTokens: Int32Array;
  readonly #bannedFirst: Int32Array;

  constructor(
    about: { name: string; toy: boolean; coolness?: number },
    tokenizer: T,
    requests: ModelRequests,
    context = 0,
  ) {
    this.name = about.name;
    this.toy = about.toy;
    this.#coolness = about.coolness ?? 1;
    this.device = requests.model.device;
    this.config = requests.config;
    this.tokenizer = tokenizer;
    this.context = context || this.config.sequenceLen;
    this.#requests = requests;

    const { vocabSize, eosToken } = this.config;
    const stop = [...new Set([tokenizer.eos, eosToken])].filter((token) => token >= 0 && token < vocabSize);
    // Some models have more rows than their tokenizer has pieces: those stand for nothing.
    const nameless = Array.from({ length: vocabSize - tokenizer.vocabSize }, (_, i) => tokenizer.vocabSize + i);
    this.#stopTokens = Int32Array.from(stop);
    this.#bannedTokens = Int32Array.from([...tokenizer.special, ...nameless].filter((token) => !stop.includes(token)));
    this.#bannedFirst = Int32Array.from([...stop, ...newlines(tokenizer)]);
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<Piece, void> {
    const native = this.#native(request);
    const reply = new Reply(this.tokenizer, request.stop, request.resume);
    if (reply.stopped) yield reply.end('stop');
    else if (native.resumed >= native.maxTokens) yield reply.end('length');
    else if (signal?.aborted) yield reply.end('cancelled');
    else {
      for await (const events of this.#requests.run(native, signal)) {
        const piece = reply.take(events);
        yield piece;
        // Leaving the loop cancels what still runs after a stop string.
        if (piece.finish) return;
      }
    }
  }

  /** Whether the weights are larger than the memory, so that each step reads them from the disk. */
  get fromDisk(): boolean {
    return this.#requests.model.fromDisk;
  }

  /** What of the weights did not fit the cards. */
  get offload(): Offload | undefined {
    return this.#requests.model.offload;
  }

  stats(): EngineStats {
    return this.#requests.stats();
  }

  close(): Promise<void> {
    return this.#requests.close();
  }

  #native({
    prompt,
    resume = [],
    maxTokens,
    sampling,
    penaltyStart,
    dryBreakers = [],
    bannedPhrases = [],
    topLogprobs = 0,
    priority = 'normal',
  }: GenerateRequest): NativeRequest {
    const tokens = Int32Array.from([...prompt, ...resume]);
    if (tokens.length >= this.context) {
      const reason = `its ${tokens.length} tokens leave no room in the window of ${this.context}`;
      throw new WisecrackError('WISECRACK_REQUEST_INVALID', { reason });
    }
    return {
      tokens,
      resumed: resume.length,
      maxTokens,
      sampling: { ...sampling, temperature: sampling.temperature * this.#coolness },
      penaltyStart,
      dryBreakers: Int32Array.from(this.#breakers(dryBreakers)),
      stopTokens: this.#stopTokens,
      bannedTokens: this.#bannedTokens,
      bannedFirst: this.#bannedFirst,
      minTokens: MIN_TOKENS,
      bannedPhrases,
      topLogprobs,
      priority,
    };
  }

  /** A name is broken off at its first token, alone or after a space; so is every line and what comes after a colon. */
  #breakers(texts: readonly string[]): Set<number> {
    const forms = ['\n', ':', ...texts.flatMap((text) => [text, ` ${text}`])];
    return new Set(forms.flatMap((text) => this.tokenizer.encodePlain(text).slice(0, 1)));
  }
}

/** All tokens with a new line in them. */
function newlines(tokenizer: Tokenizer): number[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, token) => token).filter((token) =>
    tokenizer.bytes(token).includes(NEWLINE),
  );
}
