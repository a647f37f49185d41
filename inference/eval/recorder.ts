import type { GenerateRequest, Piece } from '../engine/index.ts';
import { Through } from './through.ts';

/** One call of the engine for a reply: what it read, and what it drew. */
export interface Call {
  readonly prompt: readonly number[];
  readonly drawn: number[];
}

/** An engine that writes down what it is asked for replies, and hands it on. Summaries, which nobody waits for, are not written down. */
export class Recorder extends Through {
  /** The calls since somebody took them. */
  #calls: Call[] = [];

  /** The calls so far; they are forgotten with it. */
  take(): readonly Call[] {
    const calls = this.#calls;
    this.#calls = [];
    return calls;
  }

  async *generate(request: GenerateRequest, signal?: AbortSignal): AsyncGenerator<Piece> {
    const call: Call = { prompt: request.prompt, drawn: [] };
    if (request.priority !== 'low') this.#calls.push(call);
    for await (const piece of this.engine.generate(request, signal)) {
      call.drawn.push(...piece.tokens);
      yield piece;
    }
  }
}
