/** xorshift32 (Marsaglia 2003): quick, the same everywhere, and good enough for weights and loads that mean nothing. */
export class Random {
  #state: number;

  /** @param seed - any integer but 0 */
  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** 32 random bits, as a signed integer. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x;
  }

  /** Evenly in [-1, 1). */
  even(): number {
    return this.next() / 2 ** 31;
  }

  /** Evenly in [0, 1). */
  part(): number {
    return (this.next() >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `count`. */
  below(count: number): number {
    return Math.floor(this.part() * count);
  }

  /** Fills an array with int8 weights, four at a time; its length is a multiple of 4. */
  fill(words: Int32Array): void {
    for (let i = 0; i < words.length; i++) words[i] = this.next();
  }
}
