/** Why a handler's signal was aborted. */
export type StopReason = 'cancelled' | 'shutdown' | 'lost';

/**
 * The reason of a handler's aborted signal: `cancelled` (nobody wants the reply any more), `shutdown` (this worker ends;
 * another goes on with the reply) or `lost` (another worker has taken it over). In each case: stop, the queue does the rest.
 */
export class Stopped extends Error {
  readonly why: StopReason;

  constructor(why: StopReason) {
    super(`stopped: ${why}`);
    this.name = 'Stopped';
    this.why = why;
  }
}
