import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue } from '../../../queue/index.ts';
import type { RunningReply, Snapshot } from '../../api/index.ts';
import { Shown } from './shown.ts';
import { Snapshots } from './snapshot.ts';
import type { Send } from './streams.ts';

/** How often the queue is looked at, and how often texts that have grown are sent. */
const LOOK_MS = 1000;
const TEXT_MS = 100;

interface Viewer {
  send: Send;
  /** Viewers by role see no texts. */
  texts: boolean;
}

/**
 * The running replies, and the figures beside them. It works while somebody watches: looks at the queue once a second, follows
 * every reply on the queue's one connection, and makes each event once, whatever number of people see it.
 */
export class Board {
  readonly #queue: Queue;
  readonly #onError: (error: unknown) => void;
  readonly #snapshots: Snapshots;
  readonly #viewers = new Set<Viewer>();
  readonly #replies = new Map<string, Shown>();
  #timers: NodeJS.Timeout[] = [];
  #looking: Promise<void> | undefined;
  #sent = '';

  constructor(queue: Queue, onError: (error: unknown) => void) {
    this.#queue = queue;
    this.#onError = onError;
    this.#snapshots = new Snapshots(queue);
  }

  /** Shows everything once. */
  async read(texts: boolean): Promise<Snapshot & { replies: RunningReply[] }> {
    await this.#lookNow();
    const snapshot = await this.#snapshots.read(this.#tokensPerSecond());
    const isWatched = this.#timers.length > 0;
    if (!isWatched) {
      // What the replies have said so far is on its way.
      await sleep(TEXT_MS);
      this.#sendTexts();
    }
    const replies = this.#list(texts);
    if (this.#timers.length === 0) this.#forget();
    return { ...snapshot, replies };
  }

  /** Shows everything as it changes, until the signal. */
  async watch(send: Send, texts: boolean, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.#start();
    await this.#lookNow();
    send('snapshot', JSON.stringify(await this.#snapshots.read(this.#tokensPerSecond())));
    // From here to `add` nothing waits: what comes next is behind what is shown now.
    send('replies', JSON.stringify(this.#list(texts)));
    const viewer = { send, texts };
    this.#viewers.add(viewer);
    await ended;
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0) this.close();
  }

  /** Stops looking, until somebody watches again. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#forget();
  }

  #start(): void {
    if (this.#timers.length > 0) return;
    this.#timers = [
      setInterval(() => void this.#lookNow(), LOOK_MS).unref(),
      setInterval(() => this.#sendTexts(), TEXT_MS).unref(),
    ];
  }

  /** One look at a time: who comes meanwhile waits for the one that is under way. */
  #lookNow(): Promise<void> {
    this.#looking ??= this.#look()
      .then(() => this.#sendSnapshot())
      .catch(this.#onError)
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  /** Compares what is shown with what the queue holds. */
  async #look(): Promise<void> {
    const overview = await this.#queue.overview();
    this.#snapshots.seen(overview);
    const there = new Set([...overview.active, ...overview.waiting].map(({ id }) => id));
    for (const job of overview.waiting) await this.#show(job, 'waiting');
    for (const job of overview.active) await this.#show(job, 'running');
    // Its end comes by its stream as a rule; what was taken out of the queue has none.
    for (const [jobId, shown] of this.#replies) if (!there.has(jobId) && shown.isQuiet) this.#end(jobId, 'gone');
  }

  async #show(job: Job, state: RunningReply['state']): Promise<void> {
    const known = this.#replies.get(job.id);
    if (known) {
      if (known.become(state)) this.#sendReply(known);
      return;
    }
    const shown = await Shown.open(this.#queue, job, state, {
      begun: (reply) => this.#sendReply(reply),
      ended: (finish) => this.#end(job.id, finish),
      onError: this.#onError,
    });
    this.#replies.set(job.id, shown);
    shown.follow();
    this.#sendReply(shown);
  }

  #end(jobId: string, finish: 'stop' | 'length' | 'cancelled' | 'failed' | 'gone'): void {
    const shown = this.#replies.get(jobId);
    if (!shown) return;
    this.#sendText(shown);
    this.#replies.delete(jobId);
    shown.close();
    this.#send('end', { jobId, finish });
  }

  #forget(): void {
    for (const shown of this.#replies.values()) shown.close();
    this.#replies.clear();
  }

  #list(texts: boolean): RunningReply[] {
    return [...this.#replies.values()].map((shown) => shown.view(texts));
  }

  #tokensPerSecond(): number {
    return [...this.#replies.values()].reduce((sum, shown) => sum + shown.tokensPerSecond(), 0);
  }

  async #sendSnapshot(): Promise<void> {
    if (this.#viewers.size === 0) return;
    const snapshot = await this.#snapshots.read(this.#tokensPerSecond());
    const same = JSON.stringify({ ...snapshot, at: 0 });
    if (same === this.#sent) return;
    this.#sent = same;
    this.#send('snapshot', snapshot);
  }

  #sendReply(shown: Shown): void {
    this.#send('reply', shown.view(true), shown.view(false));
  }

  #sendTexts(): void {
    for (const shown of this.#replies.values()) this.#sendText(shown);
  }

  #sendText(shown: Shown): void {
    const grown = shown.takeGrown();
    if (grown) this.#send('text', grown, { ...grown, text: null });
  }

  /** @param redacted - what those see who see no texts, where that is something else. */
  #send(event: string, data: unknown, redacted: unknown = data): void {
    if (this.#viewers.size === 0) return;
    const [json, without] = [JSON.stringify(data), JSON.stringify(redacted)];
    for (const { send, texts } of this.#viewers) send(event, texts ? json : without);
  }
}
