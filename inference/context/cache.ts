/** Remembers the last `capacity` values that were asked for; the one that was not asked for longest goes first. */
export class RecentCache<Value> {
  /** A Map keeps its keys in the order in which they were set. */
  readonly #values = new Map<string, Value>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The value of `key`, made by `make` when it is not known. */
  get(key: string, make: () => Value): Value {
    const found = this.#values.get(key);
    const value = found ?? make();
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#capacity) {
      for (const oldest of this.#values.keys()) {
        this.#values.delete(oldest);
        break;
      }
    }
    return value;
  }
}
