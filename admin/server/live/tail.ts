import type { KeptLine, Queue } from '../../../queue/index.ts';

/** The log as it comes: read once for all who watch. */
export class LogTail {
  readonly #queue: Pick<Queue, 'logs'>;
  readonly #listeners = new Set<(line: KeptLine) => void>();
  readonly #onError: (error: unknown) => void;
  #reading: AbortController | undefined;

  constructor(queue: Pick<Queue, 'logs'>, onError: (error: unknown) => void) {
    this.#queue = queue;
    this.#onError = onError;
  }

  /** Hears lines until the signal. */
  async hear(listener: (line: KeptLine) => void, signal: AbortSignal): Promise<void> {
    this.#listeners.add(listener);
    if (!this.#reading) this.#read().catch(this.#onError);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.close();
  }

  close(): void {
    this.#reading?.abort();
    this.#reading = undefined;
  }

  async #read(): Promise<void> {
    const reading = new AbortController();
    this.#reading = reading;
    for await (const line of this.#queue.logs.tail(reading.signal)) {
      for (const listener of this.#listeners) listener(line);
    }
  }
}
