import { type Problem, problem } from '../problems.ts';
import { Poll, type PollOptions } from './poll.ts';
import { type Update, UpdateQueue } from './queue.ts';
import { Webhook, type WebhookOptions } from './webhook.ts';

/** The way to the bot: long polling, or a webhook, never both. */
export class Updates {
  readonly queue: UpdateQueue;
  readonly poll: Poll;
  readonly #retryMs: number;
  webhook: Webhook | undefined;
  /** Runs a method that a webhook answered with. */
  call: (method: string, body: Record<string, unknown>) => void = () => undefined;

  constructor({ first, retryMs }: { first: number; retryMs: number }) {
    this.queue = new UpdateQueue(first);
    this.poll = new Poll(this.queue);
    this.#retryMs = retryMs;
    this.queue.onAdd = () => {
      if (this.webhook) this.webhook.pump();
      else this.poll.wake();
    };
  }

  /** @throws ApiError 409 while there is a webhook, or when another consumer comes. */
  next(options: PollOptions): Promise<readonly Update[]> {
    if (this.webhook) throw problem('webhookActive');
    return this.poll.next(options);
  }

  setWebhook(options: WebhookOptions | undefined): void {
    this.webhook?.close();
    this.webhook = undefined;
    if (!options) return;
    this.poll.end('setWebhook' satisfies Problem);
    this.webhook = new Webhook(this.queue, options, {
      retryMs: this.#retryMs,
      call: (method, body) => this.call(method, body),
    });
    this.webhook.pump();
  }

  close(): void {
    this.webhook?.close();
    this.poll.wake();
  }
}
