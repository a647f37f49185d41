import { Stopped, type StopReason } from '../stopped.ts';

/** A job that runs here. */
export class Entry {
  readonly jobId: string;
  readonly settled: Promise<void>;
  settle: () => void = () => {};
  readonly #controller = new AbortController();

  constructor(jobId: string) {
    this.jobId = jobId;
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why it was stopped, if it was. */
  get why(): StopReason | undefined {
    const { reason } = this.signal;
    return reason instanceof Stopped ? reason.why : undefined;
  }

  stop(why: StopReason): void {
    this.#controller.abort(new Stopped(why));
  }

  /** What `work` gives, or the reason of the stop when it has not stopped `graceMs` after it was told to. */
  async unlessStopped<T>(work: () => Promise<T>, graceMs: number): Promise<T> {
    this.signal.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => {};
    const patience = new Promise<never>((_, reject) => {
      onAbort = () => {
        timer = setTimeout(() => reject(this.signal.reason), graceMs);
      };
      this.signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([work(), patience]);
    } finally {
      clearTimeout(timer);
      this.signal.removeEventListener('abort', onAbort);
    }
  }
}

/** The jobs that run in this worker. */
export class Running {
  readonly #entries = new Map<string, Entry>();

  add(jobId: string): Entry {
    // After a long outage of Redis BullMQ may give us a job that we still work on.
    this.#entries.get(jobId)?.stop('lost');
    const entry = new Entry(jobId);
    this.#entries.set(jobId, entry);
    return entry;
  }

  /**
   * Takes it off the list. When the same job has been taken again, this waits for that: BullMQ keeps one lock per job id
   * and would let go of the new one together with the old.
   */
  async remove(entry: Entry): Promise<void> {
    entry.settle();
    const newer = this.#entries.get(entry.jobId);
    if (newer === entry) this.#entries.delete(entry.jobId);
    else await newer?.settled;
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  stop(jobId: string, why: StopReason): void {
    this.#entries.get(jobId)?.stop(why);
  }

  stopAll(why: StopReason): void {
    for (const entry of this.#entries.values()) entry.stop(why);
  }
}
