import { Asked, parse, parseJson } from './schema/index.ts';
import type { Store } from './store.ts';
import type { AskedJobs } from './types.ts';

/** How long a button on a reply works, in seconds. */
const STAY = 14 * 24 * 60 * 60;

/** Which job answers which question. */
export function openAsked({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): AskedJobs {
  return {
    note: async (asked) => {
      const { jobId, turnId, conversation, author } = parse(Asked, asked, 'asked');
      const touched = [keys.asked(jobId), keys.jobOfTurn(turnId), keys.latest(conversation, author)];
      const before = await run('note-asked', touched, [JSON.stringify(asked), jobId, STAY]);
      return typeof before === 'string' ? before : undefined;
    },
    get: async (jobId) => {
      const json = await redis.get(keys.asked(jobId));
      return json === null ? undefined : parseJson(Asked, json, `the question of ${jobId}`);
    },
    ofTurn: async (turnId) => (await redis.get(keys.jobOfTurn(turnId))) ?? undefined,
    latest: async (conversation, author) => (await redis.get(keys.latest(conversation, author))) ?? undefined,
    isOver: async (jobId) => {
      const [known, end] = await redis.hmget(keys.record(jobId), 'nonce', 'end');
      return known === null || end !== null;
    },
  };
}
