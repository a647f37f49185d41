/** A bar on stderr that is drawn over; one plain line where no terminal is attached. */
export class Progress {
  readonly #title: string;
  readonly #tty = process.stderr.isTTY;
  #shown = '';

  constructor(title: string) {
    this.#title = title;
    process.stderr.write(this.#tty ? `${title} ...` : `${title} ...\n`);
  }

  /** @param fraction - 0..1 @param note - what is to be said behind it */
  at(fraction: number, note = ''): void {
    const width = 24;
    const done = Math.round(width * fraction);
    const text =
      `${this.#title} [${'#'.repeat(done)}${'.'.repeat(width - done)}] ${Math.round(100 * fraction)} % ${note}`.trimEnd();
    if (!this.#tty || text === this.#shown) return;
    this.#shown = text;
    process.stderr.write(`\r\x1b[K${text}`);
  }

  /** Takes the bar away: what it was for is there now. */
  end(): void {
    if (this.#tty) process.stderr.write('\r\x1b[K');
  }
}
