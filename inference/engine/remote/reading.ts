import { TokenDecoder } from '../decoder.ts';
import type { GenerateRequest, Piece } from '../engine.ts';
import type { EngineTokenizer } from '../native/engine.ts';
import type { Reply } from '../native/reply.ts';
import type { Chunk } from './chunk.ts';
import { PhraseGuard } from './phrases.ts';

/**
 * Turns what a server sends into pieces. Where it gives token ids they are the reply, and its text is not looked at; else our tokenizer says
 * which tokens its text is, so that a reply can be counted and taken over.
 */
export class Reading {
  readonly #tokenizer: EngineTokenizer;
  readonly #reply: Reply;
  readonly #special: ReadonlySet<number>;
  readonly #guard: PhraseGuard;
  #hasIds = false;

  constructor(tokenizer: EngineTokenizer, reply: Reply, { resume = [], bannedPhrases = [] }: GenerateRequest) {
    this.#tokenizer = tokenizer;
    this.#reply = reply;
    this.#special = new Set(tokenizer.special);
    const decoder = new TokenDecoder(tokenizer);
    this.#guard = new PhraseGuard(bannedPhrases, resume.map((token) => decoder.push(token)).join(''));
  }

  /** @throws Error when a token is none of the model's, or the server has given up */
  take(chunk: Chunk): Piece {
    const events = this.#tokensOf(chunk).map((token) => ({ id: 0, token }));
    const { finish } = chunk;
    if (finish === undefined) return this.#guarded(this.#reply.take(events));
    if (finish === 'abort' || finish === 'error') throw new Error('it gave the reply up');
    const last = { id: 0, token: -1, finish: finish === 'length' ? ('length' as const) : ('stop-token' as const) };
    return this.#guarded(this.#reply.take([...events, last]));
  }

  /** What may not be said ends the reply. Its last tokens are not told: whoever took the reply over would say them. */
  #guarded(piece: Piece): Piece {
    const text = this.#guard.push(piece.text);
    if (this.#guard.hit) return { text, tokens: [], finish: 'stop' };
    return { ...piece, text: piece.finish ? text + this.#guard.end() : text };
  }

  #tokensOf({ text, tokens }: Chunk): number[] {
    this.#hasIds ||= tokens !== undefined;
    if (!this.#hasIds) return this.#tokenizer.encodePlain(text);
    const { vocabSize } = this.#tokenizer;
    const foreign = tokens?.find((token) => token >= vocabSize);
    if (foreign !== undefined) throw new Error(`it sent token ${foreign}, but there are only ${vocabSize}`);
    // The end of the text is no text, and `<|separator|>` is not for people.
    return (tokens ?? []).filter((token) => !this.#special.has(token));
  }
}
