import { plain } from './plain.ts';
import { hasColor, paint } from './style.ts';

/** What a screen writes to: stdout, or a stream that stands in for it. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** Draws on a terminal, or writes plain lines where there is none. All that others wrote goes through `plain`. */
export class Screen {
  readonly #output: Output;
  readonly #color: boolean;
  readonly #tty: boolean;
  #status = '';

  constructor(output: Output, tty: boolean) {
    this.#output = output;
    this.#tty = tty;
    this.#color = tty && hasColor({ isTTY: tty });
  }

  /** Text as it comes, with no line break of ours. */
  write(text: string): void {
    this.#erase();
    this.#output.write(plain(text));
  }

  line(text = ''): void {
    this.write(`${text}\n`);
  }

  /** A quiet line. */
  aside(text: string): void {
    this.#erase();
    this.#output.write(`${paint('dim', plain(text), this.#color)}\n`);
  }

  /** Who speaks, at the start of a line. */
  speaker(name: string): void {
    this.#erase();
    this.#output.write(`${paint('bold', paint('cyan', plain(name), this.#color), this.#color)}: `);
  }

  /** A line that the next thing to be written replaces; nothing where lines cannot be replaced. */
  status(text: string): void {
    if (!this.#tty) return;
    this.#erase();
    this.#status = text;
    this.#output.write(paint('dim', plain(text), this.#color));
  }

  #erase(): void {
    if (this.#status !== '') this.#output.write('\r\x1b[K');
    this.#status = '';
  }
}
