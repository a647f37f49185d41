import { afterLimit, afterRequest, type Budget, dueAt, freshBudget, type Kind, type Pace } from './pace.ts';

/** What a lane did with its turn. */
export type Turned =
  | { type: 'nothing' }
  | { type: 'requested' }
  /** The platform has told the channel to be silent. */
  | { type: 'limited'; retryAfterMs: number };

/** One who sends into a channel. It keeps no requests: it is asked for the latest when its turn has come. */
export interface Lane {
  /** What it would do next and not before when, in the clock of `performance.now()`; undefined for nothing. */
  wish(): { kind: Kind; at: number } | undefined;
  /** Makes one request at most. */
  turn(): Promise<Turned>;
}

/** One channel's budget: one request in flight, and turns that go round among those who want one. */
export class Channel {
  readonly #pace: Pace;
  readonly #onError: (error: unknown) => void;
  /** Whoever had its turn goes to the end. */
  readonly #lanes = new Set<Lane>();
  #budget: Budget;
  #busy = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(pace: Pace, onError: (error: unknown) => void) {
    this.#pace = pace;
    this.#onError = onError;
    this.#budget = freshBudget(pace);
  }

  /** Whether the platform has asked for silence. */
  get cooling(): boolean {
    return performance.now() < this.#budget.coolUntil;
  }

  /** Whether it may be forgotten: nobody is in it, and what it has learnt is a minute old. */
  get idle(): boolean {
    const { frameAt, coolUntil } = this.#budget;
    return this.#lanes.size === 0 && !this.#busy && performance.now() > Math.max(frameAt, coolUntil) + 60_000;
  }

  join(lane: Lane): void {
    this.#lanes.add(lane);
    this.poke();
  }

  leave(lane: Lane): void {
    this.#lanes.delete(lane);
    this.poke();
  }

  /** To be called when a lane's wish may have changed. */
  poke(): void {
    if (this.#busy) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = performance.now();
    const next = this.#next(now);
    if (!next) return;
    if (next.at <= now) void this.#serve(next.lane);
    else this.#timer = setTimeout(() => this.poke(), Math.ceil(next.at - now));
  }

  /** The lane that is due, or will be first. Of those that are due, what must be goes first. */
  #next(now: number): { lane: Lane; at: number } | undefined {
    let best: { lane: Lane; at: number; kind: Kind } | undefined;
    for (const lane of this.#lanes) {
      const wish = lane.wish();
      if (!wish) continue;
      const at = Math.max(now, wish.at, dueAt(this.#budget, wish.kind));
      const sooner = !best || at < best.at || (at === best.at && wish.kind === 'must' && best.kind === 'frame');
      if (sooner) best = { lane, at, kind: wish.kind };
    }
    return best;
  }

  async #serve(lane: Lane): Promise<void> {
    this.#busy = true;
    this.#lanes.delete(lane);
    this.#lanes.add(lane);
    try {
      const turned = await lane.turn();
      const now = performance.now();
      if (turned.type === 'requested') this.#budget = afterRequest(this.#budget, now, this.#pace);
      if (turned.type === 'limited') {
        this.#budget = afterLimit(this.#budget, now, turned.retryAfterMs, this.#pace, Math.random());
      }
    } catch (error) {
      // A lane sees to its own errors; one that does not must not stop the others, nor be asked for ever.
      this.#lanes.delete(lane);
      this.#onError(error);
    }
    this.#busy = false;
    this.poke();
  }
}
