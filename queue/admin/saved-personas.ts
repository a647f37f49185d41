import type { Store } from '../store.ts';
import type { SavedPersonas } from './types.ts';

/** The personas as the dashboard saved them last, for the processes that do not see its files. */
export function openSavedPersonas({ redis, keys }: Pick<Store, 'redis' | 'keys'>): SavedPersonas {
  return {
    put: async (id, yaml) => {
      const stamp = await redis.incr(keys.savedStamp);
      await redis.hset(keys.savedPersonas, id, JSON.stringify({ stamp, yaml }));
    },
    read: async (known) => {
      const stamp = Number((await redis.get(keys.savedStamp)) ?? 0);
      if (stamp === known) return undefined;
      const all = Object.entries(await redis.hgetall(keys.savedPersonas));
      return { stamp, personas: all.map(([id, json]) => ({ id, ...JSON.parse(json) })) };
    },
  };
}
