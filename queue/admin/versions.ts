import { PersonaVersion, parse, parseJson } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Versions } from '../types.ts';

/** How many texts of a persona are kept. */
const KEPT = 50;

/** The texts that a persona has had. */
export function openVersions({ redis, keys }: Pick<Store, 'redis' | 'keys'>): Versions {
  const versionOf = ([version, fields]: [string, string[]]) => ({
    version,
    at: Number(version.split('-')[0]),
    ...parseJson(PersonaVersion, fields[1] ?? '', `version ${version}`),
  });
  return {
    add: async (persona, version) => {
      const json = JSON.stringify(parse(PersonaVersion, version, 'version'));
      await redis.xadd(keys.versions(persona), 'MAXLEN', KEPT, '*', 'version', json);
    },
    list: async (persona) => (await redis.xrevrange(keys.versions(persona), '+', '-')).map(versionOf),
    get: async (persona, version) => {
      if (!/^\d{1,16}-\d{1,9}$/.test(version)) return undefined;
      const [found] = await redis.xrange(keys.versions(persona), version, version);
      return found && versionOf(found);
    },
  };
}
