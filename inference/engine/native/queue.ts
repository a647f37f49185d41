import type { StepEvent } from '../addon.ts';

/** The events of one request between the engine, which pushes, and one consumer. As long as the reply at most, so never unbounded. */
export class EventQueue {
  #events: StepEvent[] = [];
  #error: unknown;
  #failed = false;
  #wake: (() => void) | undefined;

  push(event: StepEvent): void {
    this.#events.push(event);
    this.#wake?.();
  }

  /** No more events will come; those that are queued still count. */
  fail(error: unknown): void {
    this.#failed = true;
    this.#error = error;
    this.#wake?.();
  }

  /** All events since the last call, at least one. */
  async take(): Promise<StepEvent[]> {
    while (this.#events.length === 0) {
      if (this.#failed) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
