/** A preview fades 30 s after it was last sent; it is sent again this often, in ms. */
const REFRESH_MS = 20_000;
/** For how long one that nobody changes is kept up, in ms: whoever made it may no longer be the one who goes on with it. */
const KEEP_MS = 15 * 60_000;

interface Live {
  readonly timer: NodeJS.Timeout;
  readonly jobId: string;
}

/** The previews that are shown in private chats, by id. They are kept up until the reply is sent. */
export class Drafts {
  readonly #live = new Map<string, Live>();
  readonly #refreshMs: number;

  constructor(refreshMs = REFRESH_MS) {
    this.#refreshMs = refreshMs;
  }

  /** A preview was shown; `again` shows it once more. */
  shown(id: string, jobId: string, again: () => Promise<unknown>): void {
    this.over(id);
    const until = performance.now() + KEEP_MS;
    const timer = setInterval(() => {
      if (performance.now() > until) this.over(id);
      // Shown or not: the next frame, or the message, comes anyway.
      else again().catch(() => {});
    }, this.#refreshMs).unref();
    this.#live.set(id, { timer, jobId });
  }

  /** The job whose reply a preview shows. */
  jobOf(id: string): string | undefined {
    return this.#live.get(id)?.jobId;
  }

  /** A preview is no longer wanted; it fades by itself. */
  over(id: string): void {
    clearInterval(this.#live.get(id)?.timer);
    this.#live.delete(id);
  }

  close(): void {
    for (const id of [...this.#live.keys()]) this.over(id);
  }
}
