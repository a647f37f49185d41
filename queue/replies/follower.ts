type Entry = [id: string, fields: string[]];

/** One who follows a reply: a cursor in its stream, and what was read but not yet taken. */
export class Follower implements AsyncIterable<Entry> {
  /** Where it began. */
  readonly from: string;
  /** The last entry that it has. */
  cursor: string;
  #entries: Entry[] = [];
  #ended = false;
  #notify: () => void = () => {};

  constructor(from: string) {
    this.from = from;
    this.cursor = from;
  }

  /** Takes what was read after `cursor`. One who came during that read and is further behind waits for the next. */
  push(cursor: string, entries: Entry[]): void {
    if (compareIds(this.cursor, cursor) < 0) return;
    for (const entry of entries) {
      if (compareIds(entry[0], this.cursor) <= 0) continue;
      this.#entries.push(entry);
      this.cursor = entry[0];
    }
    this.#notify();
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry> {
    while (!this.#ended) {
      const entries = this.#entries;
      this.#entries = [];
      for (const entry of entries) {
        if (this.#ended) return;
        yield entry;
      }
      if (this.#entries.length > 0 || this.#ended) continue;
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
  }
}

/** Orders two stream ids, `milliseconds-sequence`. */
export function compareIds(a: string, b: string): number {
  const [aTime = 0, aSequence = 0] = a.split('-').map(Number);
  const [bTime = 0, bSequence = 0] = b.split('-').map(Number);
  return aTime - bTime || aSequence - bSequence;
}
