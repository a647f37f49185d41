import type { Engine, GenerateRequest, Piece } from '../engine/index.ts';
import { Through } from './through.ts';

/**
 * An engine whose replies are given: the model reads each one in as if it had drawn it, so that prompts, keys and values are what they are
 * in a chat. For measuring a window that is longer than a toy can speak in. Summaries are the model's own.
 */
export class Spoken extends Through {
  readonly #says: (reply: number) => string;
  #replies = 0;
  /** How many tokens were given. */
  tokens = 0;

  constructor(engine: Engine, says: (reply: number) => string) {
    super(engine);
    this.#says = says;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<Piece> {
    if (request.priority === 'low') return yield* this.engine.generate(request, signal);
    const text = ` ${this.#says(this.#replies++)}`;
    // A model draws the end of the line, too, before it stops.
    const tokens = this.tokenizer.encodePlain(`${text}\n`);
    const read = { ...request, resume: tokens, maxTokens: tokens.length + 1, stop: [] };
    for await (const _ of this.engine.generate(read, signal)) {
      // What the model would go on with is nobody's.
    }
    this.tokens += tokens.length;
    yield { text, tokens, finish: 'stop' };
  }
}
