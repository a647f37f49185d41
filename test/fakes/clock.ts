/** The time of the fake. It runs with the real one, and a test can move it forward, for what takes minutes or hours. */
export class Clock {
  #ahead = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  forward(ms: number): void {
    this.#ahead += ms;
  }

  iso(ms = this.now()): string {
    return new Date(ms).toISOString();
  }
}
