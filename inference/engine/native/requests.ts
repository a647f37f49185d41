import { WisecrackError } from '../../../errors.ts';
import type { Addon, EngineStats, ModelConfig, NativeModel, NativeRequest, OpenOptions, StepEvent } from '../addon.ts';
import { modelError, requestError } from './errors.ts';
import { EventQueue } from './queue.ts';

/** A native model whose step events find their way to whoever asked: tokens only, no text. */
export class ModelRequests {
  #model: NativeModel | undefined;
  readonly #queues = new Map<number, EventQueue>();
  #closing: Promise<void> | undefined;

  /**
   * Opens the model of a folder.
   * @throws WisecrackError WISECRACK_MODEL_NOT_FOUND, WISECRACK_MODEL_INVALID, WISECRACK_OUT_OF_MEMORY
   */
  static async open(
    addon: Addon,
    folder: string,
    options: OpenOptions,
    onProgress?: (fraction: number) => void,
  ): Promise<ModelRequests> {
    const requests = new ModelRequests();
    const onStep = (events: StepEvent[]) => {
      // Events of requests that nobody follows any more are dropped.
      for (const event of events) requests.#queues.get(event.id)?.push(event);
    };
    try {
      requests.#model = await addon.open(folder, options, onStep, onProgress);
    } catch (error) {
      throw modelError(error, folder);
    }
    return requests;
  }

  /** @throws WisecrackError WISECRACK_ENGINE_CLOSED */
  get model(): NativeModel {
    if (!this.#model || this.#closing) throw new WisecrackError('WISECRACK_ENGINE_CLOSED');
    return this.#model;
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  stats(): EngineStats {
    return this.model.stats();
  }

  /**
   * Runs a request and gives its events as they come, all that have queued up at once; the last one has `finish`.
   * Leaving the loop earlier cancels the request, and so does the signal.
   * @throws WisecrackError WISECRACK_REQUEST_INVALID, WISECRACK_ENGINE_FAILED, WISECRACK_ENGINE_CLOSED
   */
  async *run(request: NativeRequest, signal?: AbortSignal): AsyncGenerator<StepEvent[], void> {
    const model = this.model;
    const id = start(model, request);
    const queue = new EventQueue();
    this.#queues.set(id, queue);
    const cancel = () => {
      if (!this.#closing) model.cancel(id);
    };
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    let running = true;
    try {
      while (running) {
        const events = await queue.take();
        const finish = events.at(-1)?.finish;
        running = finish === undefined;
        // What the engine's end cut off is not over: the next worker takes it up. What its own consumer cancelled is.
        if (finish === 'cancelled' && !signal?.aborted) throw new WisecrackError('WISECRACK_ENGINE_CLOSED');
        if (finish === 'error') {
          throw new WisecrackError('WISECRACK_ENGINE_FAILED', { reason: events.at(-1)?.message ?? 'no reason given' });
        }
        yield events;
      }
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#queues.delete(id);
      if (running) cancel();
    }
  }

  /** Ends all requests with WISECRACK_ENGINE_CLOSED and frees the model. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // The model's own events, 'cancelled' for whatever runs, may come or not: nobody has to wait for them.
    for (const queue of this.#queues.values()) queue.fail(new WisecrackError('WISECRACK_ENGINE_CLOSED'));
    await this.#model?.close();
    this.#model = undefined;
  }
}

function start(model: NativeModel, request: NativeRequest): number {
  try {
    return model.generate(request);
  } catch (error) {
    throw requestError(error);
  }
}
