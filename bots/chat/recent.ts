/** A map that forgets what was set longest ago, and what is older than `lifeMs`. */
export class Recent<Value> {
  readonly #values = new Map<string, { value: Value; until: number }>();
  readonly #size: number;
  readonly #lifeMs: number;

  constructor(size: number, lifeMs = Number.POSITIVE_INFINITY) {
    this.#size = size;
    this.#lifeMs = lifeMs;
  }

  get(key: string): Value | undefined {
    const found = this.#values.get(key);
    return found && performance.now() < found.until ? found.value : undefined;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, { value, until: performance.now() + this.#lifeMs });
    if (this.#values.size <= this.#size) return;
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}
