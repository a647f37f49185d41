import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ReplyEvent } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { FollowOptions } from '../types.ts';
import { decodeEvent } from './codec.ts';
import { compareIds, Follower } from './follower.ts';

/** How long one XREAD waits, so that a connection that died in silence is noticed. */
const BLOCK_MS = 5000;
/** How many entries of each stream one XREAD takes. */
const COUNT = 500;

type Read = [key: string, entries: [id: string, fields: string[]][]][] | null;

/**
 * Reads the streams of all followed replies with one blocked XREAD on one connection. When the followed set changes, an
 * entry in a stream of its own wakes the XREAD: unlike CLIENT UNBLOCK it cannot come too early and get lost.
 */
export class Hub {
  readonly #store: Store;
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #wakeKey: string;
  #wakeId = '0';
  #connection: Redis | undefined;
  #reading: Promise<void> | undefined;
  #closed = false;

  constructor(store: Store) {
    this.#store = store;
    this.#wakeKey = store.keys.wake(randomUUID());
  }

  /** The events of one reply; see `Queue.follow`. */
  async *follow(jobId: string, { from = '0', signal }: FollowOptions = {}): AsyncGenerator<ReplyEvent> {
    if (signal?.aborted || this.#closed) return;
    const key = this.#store.keys.stream(jobId);
    const follower = new Follower(from);
    const stop = () => follower.end();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      this.#add(key, follower);
      this.#endIfOver(jobId, follower).catch(this.#store.onError);
      for await (const [id, fields] of follower) {
        const event = decodeEvent(id, fields);
        yield event;
        if (event.type === 'end') return;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#remove(key, follower);
    }
  }

  /** Ends all followers and the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const followers of this.#followers.values()) for (const follower of followers) follower.end();
    this.#connection?.disconnect();
    await this.#reading;
  }

  #add(key: string, follower: Follower): void {
    const followers = this.#followers.get(key) ?? new Set();
    this.#followers.set(key, followers.add(follower));
    if (this.#reading) this.#wake();
    else this.#reading = this.#readAll();
  }

  #remove(key: string, follower: Follower): void {
    const followers = this.#followers.get(key);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(key);
  }

  #wake(): void {
    const { redis, onError } = this.#store;
    // It goes away by itself: removing it at the end would have to wait for a Redis that is down.
    const wake = redis.multi().xadd(this.#wakeKey, 'MAXLEN', 1, '*', 'wake', '1').expire(this.#wakeKey, 60);
    wake.exec().catch(onError);
  }

  async #readAll(): Promise<void> {
    this.#connection ??= this.#store.connect();
    while (!this.#closed && this.#followers.size > 0) {
      try {
        const cursors = new Map([...this.#followers].map(([key, followers]) => [key, earliest(followers)]));
        this.#deliver(cursors, await this.#read(this.#connection, cursors));
      } catch (error) {
        if (this.#closed) break;
        this.#store.onError(error);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    this.#reading = undefined;
  }

  #read(connection: Redis, cursors: Map<string, string>): Promise<Read> {
    const keys = [this.#wakeKey, ...cursors.keys()];
    const ids = [this.#wakeId, ...cursors.values()];
    return connection.xread('COUNT', COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...ids) as Promise<Read>;
  }

  #deliver(cursors: Map<string, string>, read: Read): void {
    for (const [key, entries] of read ?? []) {
      if (key === this.#wakeKey) this.#wakeId = entries.at(-1)?.[0] ?? this.#wakeId;
      for (const follower of this.#followers.get(key) ?? []) follower.push(cursors.get(key) ?? '0', entries);
    }
  }

  /** Ends a follower who has seen the end already, or has come when the stream had expired: nothing will ever come. */
  async #endIfOver(jobId: string, follower: Follower): Promise<void> {
    const { redis, keys } = this.#store;
    const [end, exists] = (await redis.multi().hget(keys.record(jobId), 'end').exists(keys.stream(jobId)).exec()) ?? [];
    const endId = end?.[1];
    if (typeof endId !== 'string') return;
    if (exists?.[1] === 0 || compareIds(follower.from, endId) >= 0) follower.end();
  }
}

/** Followers of one reply may be at different places: it is read from the earliest, and each skips what it has. */
function earliest(followers: Set<Follower>): string {
  return [...followers].map((follower) => follower.cursor).reduce((a, b) => (compareIds(a, b) < 0 ? a : b));
}
