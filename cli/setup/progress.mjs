/** A line on stderr that is drawn over while a step runs, and one plain line per step where no terminal is attached. */
export class Progress {
  #title;
  #begun = Date.now();
  #tty = process.stderr.isTTY;

  constructor(title) {
    this.#title = title;
    process.stderr.write(this.#tty ? `${title} ...` : `${title} ...\n`);
  }

  /** @param {number} fraction 0..1 */
  at(fraction) {
    if (!this.#tty) return;
    const width = 24;
    const done = Math.round(width * fraction);
    this.#draw(`${this.#title} [${'#'.repeat(done)}${'.'.repeat(width - done)}] ${Math.round(100 * fraction)} %`);
  }

  done() {
    const text = `${this.#title} done in ${((Date.now() - this.#begun) / 1000).toFixed(1)} s`;
    if (this.#tty) this.#draw(`${text}\n`);
    else process.stderr.write(`${text}\n`);
  }

  failed() {
    process.stderr.write(this.#tty ? '\n' : '');
  }

  #draw(text) {
    process.stderr.write(`\r\x1b[K${text}`);
  }
}

/** Runs a step under a progress line. */
export async function step(title, work) {
  const progress = new Progress(title);
  try {
    const result = await work(progress);
    progress.done();
    return result;
  } catch (error) {
    progress.failed();
    throw error;
  }
}
