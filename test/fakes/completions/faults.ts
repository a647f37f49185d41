import { PlannedFaults } from '../planned.ts';
import type { Asked } from './asked.ts';

/** What goes wrong with one completion. All of it can be asked for together. */
export interface Fault {
  /** Refused with this status, e.g. 429, 500. */
  status?: number;
  headers?: Record<string, string>;
  /** The body of a refusal, as it is. */
  body?: string;
  /** After so many tokens, `does` happens; 0: before the first one. */
  after?: number;
  /** Silence; the connection is cut; a 500 in the stream; or these bytes are sent instead of the next token. */
  does?: 'hang' | 'cut' | 'error' | Uint8Array;
  /** Leaves out what ends a stream. */
  omit?: 'done' | 'finish' | 'both';
  /** Writes so many bytes at a time, so that characters and lines are cut anywhere. */
  bytes?: number;
  /** Sends comments all the time, as proxies like to have it. */
  comments?: boolean;
  /** Says after each token how many there were, in an event without a choice. */
  usage?: boolean;
}

export class Faults extends PlannedFaults<Asked, Fault> {
  /** The next completions go wrong like this. */
  next(fault: Fault, times = 1) {
    return this.plan(() => true, fault, times);
  }
}
