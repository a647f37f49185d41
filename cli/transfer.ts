import { bytesText } from './bytes.ts';
import { duration } from './duration.ts';

/** How long a rate looks back: long enough to be calm, short enough to follow a disk that slows down. */
const WINDOW_MS = 10_000;

/** Rate and time left of something that moves bytes. */
export class Transfer {
  readonly #now: () => number;
  #seen: { at: number; bytes: number }[] = [];

  /** @param now - milliseconds; tests have their own clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes note and says it in words: "812 MB/s, 4 min left". Bytes that were `found` were not moved and do not count. */
  describe(done: number, total: number, found = 0): string {
    const at = this.#now();
    const bytes = done - found;
    this.#seen = [...this.#seen.filter((seen) => at - seen.at < WINDOW_MS), { at, bytes }];
    const first = this.#seen[0];
    const rate = first && at > first.at ? ((bytes - first.bytes) * 1000) / (at - first.at) : 0;
    if (rate <= 0) return '';
    return `${bytesText(rate)}/s, ${duration((total - done) / rate)} left`;
  }
}
