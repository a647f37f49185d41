import type { NativeFinish, StepEvent } from '../addon.ts';
import { TokenDecoder } from '../decoder.ts';
import type { Finish, Piece, Tokenizer } from '../engine.ts';
import { StopMatcher } from '../stop.ts';

const FINISH = {
  'stop-token': 'stop',
  length: 'length',
  // The window is full: to a reader that is the same.
  context: 'length',
  cancelled: 'cancelled',
} as const satisfies Partial<Record<NativeFinish, Finish>>;

/** One reply on its way from tokens to text. */
export class Reply {
  readonly #decoder: TokenDecoder;
  readonly #matcher: StopMatcher;

  /** `resume` are the tokens that the reply has already; what was certain of their text has been given out then and is not given out again. */
  constructor(tokenizer: Pick<Tokenizer, 'bytes'>, stop: readonly string[], resume: readonly number[] = []) {
    this.#decoder = new TokenDecoder(tokenizer);
    this.#matcher = new StopMatcher(stop);
    for (const token of resume) this.#push(token);
  }

  /** Whether a stop string came. The reply is over then, whatever the model goes on to say. */
  get stopped(): boolean {
    return this.#matcher.stopped;
  }

  /** Turns what the engine reports into the next piece; events after a stop string do not count. */
  take(events: readonly StepEvent[]): Piece {
    const piece: Piece = { text: '', tokens: [] };
    for (const { token, finish, logprob, topLogprobs } of events) {
      if (token >= 0) {
        piece.text += this.#push(token);
        piece.tokens.push(token);
        if (logprob !== undefined) {
          piece.logprobs ??= [];
          piece.logprobs.push({ logprob, top: topLogprobs ?? [] });
        }
      }
      if (this.stopped) return { ...piece, finish: 'stop' };
      if (finish && finish !== 'error') {
        const last = this.end(FINISH[finish]);
        return { ...piece, ...last, text: piece.text + last.text, tokens: piece.tokens };
      }
    }
    return piece;
  }

  /** The last piece: what was held back is text after all, for nothing follows that could make it a stop string. */
  end(finish: Finish): Piece {
    const text = this.#matcher.end();
    return { text, tokens: [], finish: this.stopped ? 'stop' : finish };
  }

  #push(token: number): string {
    return this.#matcher.push(this.#decoder.push(token));
  }
}
