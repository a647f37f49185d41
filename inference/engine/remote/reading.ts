import type { Piece } from '../engine.ts';
import type { EngineTokenizer } from '../native/engine.ts';
import type { Reply } from '../native/reply.ts';
import type { Chunk } from './chunk.ts';

/**
 * Turns what a server sends into pieces. Where it gives token ids they are the reply, and its text is not looked at; else our tokenizer says
 * which tokens its text is, so that a reply can be counted and taken over.
 */
export class Reading {
  readonly #tokenizer: EngineTokenizer;
  readonly #reply: Reply;
  readonly #special: ReadonlySet<number>;
  #hasIds = false;

  constructor(tokenizer: EngineTokenizer, reply: Reply) {
    this.#tokenizer = tokenizer;
    this.#reply = reply;
    this.#special = new Set(tokenizer.special);
  }

  /** @throws Error when a token is none of the model's, or the server has given up */
  take(chunk: Chunk): Piece {
    const events = this.#tokensOf(chunk).map((token) => ({ id: 0, token }));
    const { finish } = chunk;
    if (finish === undefined) return this.#reply.take(events);
    if (finish === 'abort' || finish === 'error') throw new Error('it gave the reply up');
    return this.#reply.take([...events, { id: 0, token: -1, finish: finish === 'length' ? 'length' : 'stop-token' }]);
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
