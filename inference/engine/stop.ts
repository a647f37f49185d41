/**
 * Ends a streamed text before the first stop string. What is given out can no longer be part of one, so nothing ever has to be taken back.
 * However the text is split, all that comes out together is the text before the stop string that begins first.
 */
export class StopMatcher {
  readonly #stops: readonly string[];
  #held = '';
  #stopped = false;

  /** Empty stop strings are ignored. */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Whether a stop string was found. Then nothing comes out any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Takes the next text, gives out what is certain to be shown. */
  push(text: string): string {
    if (this.#stopped) return '';
    this.#held += text;
    const match = this.#firstMatch();
    const open = this.#firstOpen();
    // A stop string that began earlier may still be completed: then it counts, and the text before it is shorter.
    if (match !== -1 && match <= open) return this.#stopAt(match);
    const out = this.#held.slice(0, open);
    this.#held = this.#held.slice(open);
    return out;
  }

  /** The text ends here: gives out what was held back. */
  end(): string {
    if (this.#stopped) return '';
    const match = this.#firstMatch();
    if (match !== -1) return this.#stopAt(match);
    const out = this.#held;
    this.#held = '';
    return out;
  }

  #stopAt(match: number): string {
    const out = this.#held.slice(0, match);
    this.#held = '';
    this.#stopped = true;
    return out;
  }

  /** Where the first complete stop string begins, or -1. */
  #firstMatch(): number {
    const found = this.#stops.map((stop) => this.#held.indexOf(stop)).filter((at) => at !== -1);
    return found.length > 0 ? Math.min(...found) : -1;
  }

  /** Where the first stop string begins that is not complete yet; the end when there is none. */
  #firstOpen(): number {
    let first = this.#held.length;
    for (const stop of this.#stops) {
      for (let at = Math.max(0, this.#held.length - stop.length + 1); at < first; at++) {
        if (stop.startsWith(this.#held.slice(at))) first = at;
      }
    }
    return first;
  }
}
