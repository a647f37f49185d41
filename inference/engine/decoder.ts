import type { Tokenizer } from './engine.ts';

/**
 * Token ids to text while they stream. A character that is spelled in several byte pieces comes out when it is complete, never in part.
 * There is no `end`: bytes that are still incomplete when a reply ends are dropped, for half a character is nothing to show.
 * Bytes that can no longer become a character come out as U+FFFD.
 */
export class TokenDecoder {
  readonly #tokenizer: Pick<Tokenizer, 'bytes'>;
  // A byte-order mark is a character like any other here.
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(tokenizer: Pick<Tokenizer, 'bytes'>) {
    this.#tokenizer = tokenizer;
  }

  /** The text that is complete with this token; often that of the token, sometimes none. */
  push(token: number): string {
    return this.#utf8.decode(this.#tokenizer.bytes(token), { stream: true });
  }
}
