import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Heartbeat, parse, parseJson } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Heartbeats } from './types.ts';

/** How often a process says that it lives, in ms; it counts as gone after three times that. */
const EVERY_MS = 5000;

/** Who lives: one key per process that goes away by itself, and a set of their names to find them by. */
export function openHeartbeats({ redis, keys }: Pick<Store, 'redis' | 'keys'>): Heartbeats {
  const heartbeats: Heartbeats = {
    beat: async (heartbeat, ttlMs = 15_000) => {
      const json = JSON.stringify(parse(Heartbeat, heartbeat, 'heartbeat'));
      await redis
        .multi()
        .set(keys.heartbeat(heartbeat.id), json, 'PX', ttlMs)
        .sadd(keys.heartbeats, heartbeat.id)
        .exec();
    },
    stop: async (id) => {
      await redis.multi().del(keys.heartbeat(id)).srem(keys.heartbeats, id).exec();
    },
    keep: ({ kind, name, say, onError }) => {
      const id = `${kind}:${name}:${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
      const startedAt = Date.now();
      const beat = async () => {
        try {
          await heartbeats.beat({ ...say(), id, kind, name, startedAt }, 3 * EVERY_MS);
        } catch (error) {
          onError(error);
        }
      };
      const first = beat();
      const timer = setInterval(beat, EVERY_MS);
      timer.unref();
      return {
        first,
        stop: async () => {
          clearInterval(timer);
          await heartbeats.stop(id).catch(() => undefined);
        },
      };
    },
    list: async () => {
      const ids = (await redis.smembers(keys.heartbeats)).sort();
      if (ids.length === 0) return [];
      const beats = await redis.mget(ids.map(keys.heartbeat));
      // A name that is dropped here just as its process beats again is back with the next beat.
      const gone = ids.filter((_, at) => beats[at] == null);
      if (gone.length > 0) await redis.srem(keys.heartbeats, ...gone);
      return beats.flatMap((json) => (json == null ? [] : [parseJson(Heartbeat, json, 'a heartbeat')]));
    },
  };
  return heartbeats;
}
