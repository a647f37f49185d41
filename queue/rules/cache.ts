import type { Redis } from 'ioredis';
import type { Scope, Settings } from '../schema/index.ts';
import type { Store } from '../store.ts';

/** How many scopes are remembered; beyond that all are read anew, which costs one round trip each. */
const MOST = 10_000;
/** How long one is believed, in ms: a connection may be dead for a while before anybody notices. */
const BELIEVED_MS = 15_000;

/**
 * The settings that this process has read, until somebody changes them. Changes are heard by pub/sub; while that connection
 * is away, nothing is remembered.
 */
export class SettingsCache {
  readonly #store: Pick<Store, 'connect' | 'keys' | 'onError'>;
  readonly #known = new Map<Scope, { settings: Settings; until: number }>();
  #connection: Redis | undefined;
  #hearing = false;
  #closed = false;
  /** Counts what has been forgotten, so that an answer that was on its way meanwhile is not remembered. */
  #forgotten = 0;

  constructor(store: Pick<Store, 'connect' | 'keys' | 'onError'>) {
    this.#store = store;
  }

  get(scope: Scope): Settings | undefined {
    const known = this.#known.get(scope);
    return known && known.until > performance.now() ? known.settings : undefined;
  }

  /** To be given to `set` with what is read from now on. */
  begin(): number {
    this.#listen();
    return this.#forgotten;
  }

  set(begun: number, scope: Scope, settings: Settings): void {
    if (!this.#hearing || begun !== this.#forgotten) return;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(scope, { settings, until: performance.now() + BELIEVED_MS });
  }

  forget(scope: Scope): void {
    this.#forgotten++;
    this.#known.delete(scope);
  }

  close(): void {
    this.#closed = true;
    this.#deafen();
    this.#connection?.disconnect();
  }

  /** Opens the connection with the first read: whoever never reads a rule needs none. */
  #listen(): void {
    if (this.#connection || this.#closed) return;
    const connection = this.#store.connect();
    this.#connection = connection;
    connection.on('message', (_, scope) => this.forget(scope as Scope));
    connection.on('close', () => this.#deafen());
    connection.on('ready', () => {
      // Changes before this moment went unheard.
      const hear = async () => {
        await connection.subscribe(this.#store.keys.changes);
        this.#deafen();
        this.#hearing = true;
      };
      hear().catch(this.#store.onError);
    });
  }

  #deafen(): void {
    this.#hearing = false;
    this.#forgotten++;
    this.#known.clear();
  }
}
