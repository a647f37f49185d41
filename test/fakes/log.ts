/** The last requests, so that a test can ask what was asked. */
export class RequestLog<Logged> {
  readonly #most: number;
  readonly list: Logged[] = [];
  /** How many have come in all. */
  total = 0;
  /** How many are waiting for their answer, long polls aside. */
  open = 0;
  /** When the last one came that is no long poll, by `performance.now()`. */
  lastAt = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @param options.polls - it asks for news and is answered when there are any. */
  add(request: Logged, { polls = false } = {}): void {
    this.total++;
    if (!polls) this.lastAt = performance.now();
    this.list.push(request);
    if (this.list.length > this.#most) this.list.shift();
  }
}
