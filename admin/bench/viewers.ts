import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';

/** Opens at once; more would only wait for each other in the server's backlog. */
const TOGETHER = 50;

/** Many who watch the same stream, each on a connection of its own, and when each of them has seen a word. */
export class Viewers {
  readonly #agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  readonly #streams: IncomingMessage[] = [];
  #word = '';
  #seen = 0;
  #firstAt = 0;
  #all: (spreadMs: number) => void = () => {};

  async open(url: string, headers: Record<string, string>, count: number): Promise<void> {
    while (this.#streams.length < count) {
      const some = Math.min(TOGETHER, count - this.#streams.length);
      await Promise.all(Array.from({ length: some }, () => this.#openOne(url, headers)));
    }
  }

  /** Resolves when all have seen the word: in how many ms after the first of them the last has. */
  all(word: string): Promise<number> {
    this.#word = word;
    this.#seen = 0;
    return new Promise((resolve) => {
      this.#all = resolve;
    });
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#agent.destroy();
  }

  async #openOne(url: string, headers: Record<string, string>): Promise<void> {
    const request = get(url, { agent: this.#agent, headers: { accept: 'text/event-stream', ...headers } });
    const [stream] = (await once(request, 'response')) as [IncomingMessage];
    if (stream.statusCode !== 200) throw new Error(`a viewer was refused: ${stream.statusCode}`);
    this.#streams.push(stream);
    let tail = '';
    stream.setEncoding('utf8').on('error', () => undefined);
    stream.on('data', (text: string) => {
      const said = tail + text;
      // A word may come in two pieces.
      if (this.#word !== '' && said.includes(this.#word)) {
        tail = '';
        this.#note();
      } else tail = said.slice(-this.#word.length);
    });
  }

  #note(): void {
    if (this.#seen === 0) this.#firstAt = performance.now();
    if (++this.#seen === this.#streams.length) this.#all(performance.now() - this.#firstAt);
  }
}
