import { parseJson, SavedPersona } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { SavedPersonas } from './types.ts';

const MIB = 1024 * 1024;
/** How many bytes are kept at most of one file, and of all together: Redis holds them in memory. */
const MOST = { file: 4 * MIB, all: 64 * MIB };

/** The personas as the dashboard saved them last, for the processes that do not see its files. */
export function openSavedPersonas(
  { redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>,
  most = MOST,
): SavedPersonas {
  return {
    put: async (id, yaml, beside = []) => {
      const large = beside.filter(({ bytes }) => bytes.length > most.file);
      const args = beside
        .filter((it) => !large.includes(it))
        .flatMap(({ name, bytes }) => [name, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)]);
      const full = await run(
        'save-persona',
        [keys.savedStamp, keys.savedPersonas, keys.savedFiles],
        [id, JSON.stringify(yaml), most.all, ...args],
      );
      return [...large.map(({ name }) => name), ...(full as string[])];
    },
    read: async (known) => {
      const stamp = Number((await redis.get(keys.savedStamp)) ?? 0);
      if (stamp === known) return undefined;
      const personas = Object.entries(await redis.hgetall(keys.savedPersonas))
        .map(([id, json]) => ({ id, ...parseJson(SavedPersona, json, `the saved persona ${id}`) }))
        .sort((a, b) => a.stamp - b.stamp);
      return { stamp, personas };
    },
    file: async (id, name) => (await redis.hgetBuffer(keys.savedFiles, `${id}/${name}`)) ?? undefined,
  };
}
