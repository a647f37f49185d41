import { STAY } from '../keys.ts';
import { encodeEvent } from '../replies/codec.ts';
import type { Chance, Piece, Start } from '../schema/index.ts';
import type { Store } from '../store.ts';

/**
 * Sends one attempt's events, one command at a time and in order. The first piece goes at once; what comes while a
 * command is under way goes together as the next one, so that a fast engine costs few commands and a slow one no delay.
 */
export class Publisher {
  /** Why events could not be sent; nothing more is sent then. */
  failure: unknown;
  /** When the first piece of this attempt was published, in the clock of `performance.now()`. */
  firstAt: number | undefined;
  readonly #store: Pick<Store, 'run' | 'keys'>;
  readonly #jobId: string;
  readonly #attempt: number;
  readonly #onFailure: (error: unknown) => void;
  #sequence: number;
  #start: Start | undefined;
  #piece: Piece | undefined;
  #sending: Promise<void> | undefined;

  /** `sequence`: how many events all attempts have published so far. */
  constructor(
    store: Pick<Store, 'run' | 'keys'>,
    jobId: string,
    attempt: number,
    sequence: number,
    onFailure: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#jobId = jobId;
    this.#attempt = attempt;
    this.#sequence = sequence;
    this.#onFailure = onFailure;
  }

  start(event: Start): Promise<void> {
    this.#start = event;
    return this.flush();
  }

  /** Resolves when the piece is in Redis, or cannot be sent any more. */
  publish(text: string, tokens: number[], chances?: readonly Chance[]): Promise<void> {
    this.firstAt ??= performance.now();
    this.#piece ??= { type: 'piece', text: '', tokens: [] };
    this.#piece.text += text;
    this.#piece.tokens.push(...tokens);
    if (chances) this.#piece.chances = [...(this.#piece.chances ?? []), ...chances];
    return this.flush();
  }

  /** Resolves when nothing is left to send. */
  flush(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    try {
      for (let event = this.#take(); event && !this.failure; event = this.#take()) await this.#send(event);
    } catch (error) {
      this.failure = error;
      this.#onFailure(error);
    }
  }

  #take(): Start | Piece | undefined {
    if (this.#start) {
      const start = this.#start;
      this.#start = undefined;
      return start;
    }
    const piece = this.#piece;
    this.#piece = undefined;
    return piece;
  }

  #send(event: Start | Piece): Promise<unknown> {
    const { run, keys } = this.#store;
    const args = [this.#attempt, this.#sequence++, STAY.unfinished, ...encodeEvent(event)];
    return run('publish-event', [keys.record(this.#jobId), keys.stream(this.#jobId)], args);
  }
}
