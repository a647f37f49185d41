import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Output } from './screen.ts';

export interface KeyboardOptions {
  input: NodeJS.ReadableStream;
  output: Output;
  tty: boolean;
  prompt: string;
  /** What was typed before, newest first. */
  history?: string[];
  onHistory?: (history: string[]) => void;
}

/**
 * Lines from a terminal, or from a pipe. Between `prompt()` and the next line the input line is visible; at other times what
 * is typed is kept, unseen, so that it never gets between the words of a reply, and shows with the next `prompt()`.
 */
export class Keyboard {
  readonly #readline: Interface;
  readonly #tty: boolean;
  #visible = false;
  onLine: (line: string) => void = () => {};
  /** Ctrl-C; `typed` is what is in the input line. */
  onInterrupt: (typed: string) => void = () => {};
  /** Ctrl-D, or the end of what is piped in. */
  onEnd: () => void = () => {};

  constructor({ input, output, tty, prompt, history, onHistory }: KeyboardOptions) {
    this.#tty = tty;
    this.#readline = createInterface({
      input,
      ...(tty && { output: veil(output, () => this.#visible) }),
      terminal: tty,
      prompt,
      historySize: 500,
      removeHistoryDuplicates: true,
      ...(history && tty && { history }),
    });
    this.#readline.on('line', (line) => {
      // At once, not when the line is taken: more may have been pasted.
      this.#visible = false;
      this.onLine(line);
    });
    this.#readline.on('SIGINT', () => this.onInterrupt(this.#readline.line));
    this.#readline.on('close', () => this.onEnd());
    if (onHistory) this.#readline.on('history', onHistory);
  }

  /** Shows the input line, with what has been typed meanwhile. */
  prompt(): void {
    if (!this.#tty) return;
    this.#visible = true;
    // readline would go up over rows that it believes to have drawn while nothing was visible.
    (this.#readline as { prevRows?: number }).prevRows = 0;
    this.#readline.prompt(true);
  }

  /** Takes back what is in the input line. */
  clear(): void {
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
  }

  close(): void {
    this.onEnd = () => {};
    this.#visible = false;
    this.#readline.close();
  }
}

/** An output that lets through what is visible, and takes the width of the one behind it. */
function veil(output: Output, visible: () => boolean): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      if (visible()) output.write(chunk);
      done();
    },
  });
  Object.defineProperty(stream, 'columns', { get: () => output.columns ?? 80 });
  const resized = () => stream.emit('resize');
  output.on('resize', resized);
  stream.on('close', () => output.off('resize', resized));
  return stream;
}
