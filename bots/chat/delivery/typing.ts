import type { Place, Surface } from '../surface.ts';
import type { Channel } from './channel.ts';
import { within } from './limits.ts';
import type { Pace } from './pace.ts';

export interface TypingOptions {
  surface: Surface;
  place: Place;
  channel: Channel;
  pace: Pace;
  /** Whether there is still nothing to see. */
  wanted: () => boolean;
}

/** Shows that somebody is writing, as long as nothing else shows it. */
export class Typing {
  readonly #options: TypingOptions;
  readonly #beganAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #paused = false;

  constructor(options: TypingOptions) {
    this.#options = options;
  }

  start(): void {
    const { pace, wanted } = this.#options;
    if (!wanted()) return;
    this.#tick();
    this.#timer = setInterval(() => this.#tick(), pace.typingMs);
    this.#timer.unref();
  }

  /** Before a message is sent: one that overtook it would be shown long after. */
  async pause(): Promise<void> {
    this.#paused = true;
    await within(500, this.#sending);
  }

  go(): void {
    this.#paused = false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const { surface, place, channel, pace, wanted } = this.#options;
    if (!wanted() || performance.now() - this.#beganAt > pace.longestTypingMs) {
      this.stop();
      return;
    }
    if (this.#paused || channel.cooling || this.#sending) return;
    const settled = () => {
      this.#sending = undefined;
    };
    // In a function of its own, so that an error thrown at once is ignored too.
    this.#sending = (async () => surface.typing(place))().then(settled, settled);
  }
}
