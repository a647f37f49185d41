import type { Pending, UpdateQueue } from './queue.ts';

export interface WebhookOptions {
  readonly url: string;
  readonly secret: string | undefined;
  readonly maxConnections: number;
}

/** How a call of the webhook went. */
export interface Delivery {
  readonly update_id: number;
  /** 0 when no answer came. */
  readonly status: number;
}

/** How long the webhook may take to answer, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Calls the bot's webhook: in order within a chat, several chats at once, and again until it answers 2xx. */
export class Webhook {
  readonly #queue: UpdateQueue;
  readonly #retryMs: number;
  readonly #busy = new Set<string>();
  readonly #abort = new AbortController();
  /** What a webhook answers with may be a call of a method. */
  readonly #call: (method: string, body: Record<string, unknown>) => void;
  readonly options: WebhookOptions;
  readonly deliveries: Delivery[] = [];
  lastError: { at: number; message: string } | undefined;

  constructor(
    queue: UpdateQueue,
    options: WebhookOptions,
    { retryMs, call }: { retryMs: number; call: (method: string, body: Record<string, unknown>) => void },
  ) {
    this.#queue = queue;
    this.options = options;
    this.#retryMs = retryMs;
    this.#call = call;
  }

  /** Delivers what is there. */
  pump(): void {
    if (this.#abort.signal.aborted) return;
    for (const one of this.#queue.pending) {
      if (this.#busy.size >= this.options.maxConnections) return;
      if (this.#busy.has(one.key)) continue;
      this.#busy.add(one.key);
      void this.#deliver(one);
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #deliver(one: Pending): Promise<void> {
    const status = await this.#post(one);
    if (this.#abort.signal.aborted) return;
    this.deliveries.push({ update_id: one.update.update_id, status });
    if (status >= 200 && status < 300) {
      this.#queue.done(one);
      this.#busy.delete(one.key);
      this.pump();
      return;
    }
    // The chat stays busy meanwhile, so that its updates keep their order.
    setTimeout(() => {
      this.#busy.delete(one.key);
      this.pump();
    }, this.#retryMs);
  }

  async #post({ update }: Pending): Promise<number> {
    const { url, secret } = this.options;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(secret !== undefined && { 'X-Telegram-Bot-Api-Secret-Token': secret }),
        },
        body: JSON.stringify(update),
        signal: AbortSignal.any([this.#abort.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      const text = await response.text();
      if (response.ok) this.#answer(text);
      else this.#failed(`Wrong response from the webhook: ${response.status} ${response.statusText}`);
      return response.status;
    } catch {
      this.#failed('Connection refused');
      return 0;
    }
  }

  #answer(text: string): void {
    if (!text.startsWith('{')) return;
    try {
      const { method, ...body } = JSON.parse(text) as Record<string, unknown>;
      if (typeof method === 'string') this.#call(method, body);
    } catch {
      // Not a call: Telegram reads nothing else out of an answer.
    }
  }

  #failed(message: string): void {
    this.lastError = { at: Date.now(), message };
  }
}
