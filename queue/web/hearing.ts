import type { Redis } from 'ioredis';
import { parseJson, ShownChange } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Shown } from './types.ts';

type Heard = Parameters<Shown['hear']>[1];

/** Hears the changes of the chats whose pages are open here, on one connection that is opened with the first of them. */
export class Hearing {
  readonly #store: Pick<Store, 'connect' | 'onError'>;
  readonly #listeners = new Map<string, Set<Heard>>();
  #connection: Redis | undefined;
  #closed = false;

  constructor(store: Pick<Store, 'connect' | 'onError'>) {
    this.#store = store;
  }

  async hear(channel: string, heard: Heard, signal: AbortSignal): Promise<void> {
    if (this.#closed || signal.aborted) return;
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(heard));
    signal.addEventListener('abort', () => this.#forget(channel, heard), { once: true });
    this.#connection ??= this.#connect();
    // Also when somebody listens already: it may not be heard yet.
    await this.#connection.subscribe(channel);
  }

  close(): void {
    this.#closed = true;
    this.#connection?.disconnect();
  }

  #connect(): Redis {
    const connection = this.#store.connect();
    let lost = false;
    connection.on('message', (channel, json) => {
      const change = readChange(json, this.#store.onError);
      if (change) for (const { change: tell } of this.#listeners.get(channel) ?? []) tell(change);
    });
    connection.on('close', () => {
      lost = true;
    });
    connection.on('ready', () => {
      if (!lost) return;
      lost = false;
      const channels = [...this.#listeners.keys()];
      if (channels.length === 0) return;
      // Changes before this moment went unheard.
      connection
        .subscribe(...channels)
        .then(() => {
          for (const listeners of this.#listeners.values()) for (const { missed } of listeners) missed();
        })
        .catch(this.#store.onError);
    });
    return connection;
  }

  #forget(channel: string, heard: Heard): void {
    const listeners = this.#listeners.get(channel);
    listeners?.delete(heard);
    if (!listeners || listeners.size > 0) return;
    this.#listeners.delete(channel);
    if (!this.#closed) this.#connection?.unsubscribe(channel).catch(this.#store.onError);
  }
}

/** Another version of Wisecrack may say what we do not know. */
function readChange(json: string, onError: (error: unknown) => void): ShownChange | undefined {
  try {
    return parseJson(ShownChange, json, 'a change of a chat');
  } catch (error) {
    onError(error);
    return undefined;
  }
}
