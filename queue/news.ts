import { createHash } from 'node:crypto';
import { HEADLINES_KEPT, STAY } from './keys.ts';
import { FeedState, Headline, parse, parseJson } from './schema/index.ts';
import type { Store } from './store.ts';
import type { News } from './types.ts';

/** The headlines of the last days, a bounded number of them. */
export function openNews({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): News {
  return {
    add: async (headlines, { now = Date.now() } = {}) => {
      const triples = headlines.flatMap((headline) => {
        const { id, at } = parse(Headline, headline, 'headline');
        return [id, at, JSON.stringify(headline)];
      });
      if (triples.length === 0) return 0;
      const oldest = now - STAY.headline * 1000;
      return Number(
        await run('add-headlines', [keys.headlines, keys.headlineTimes], [HEADLINES_KEPT, oldest, ...triples]),
      );
    },
    latest: async ({ since = 0, limit = HEADLINES_KEPT } = {}) => {
      const ids = await redis.zrevrangebyscore(keys.headlineTimes, '+inf', since, 'LIMIT', 0, limit);
      if (ids.length === 0) return [];
      const found = await redis.hmget(keys.headlines, ...ids);
      return found.flatMap((json) => (json === null ? [] : [parseJson(Headline, json, 'a headline')]));
    },
    state: async (feed) => {
      const json = await redis.hget(keys.feedStates, nameOf(feed));
      return json === null ? {} : parseJson(FeedState, json, 'the state of a feed');
    },
    setState: async (feed, state) => {
      await redis.hset(keys.feedStates, nameOf(feed), JSON.stringify(parse(FeedState, state, 'state of a feed')));
      await redis.expire(keys.feedStates, STAY.headline);
    },
  };
}

/** A feed's address may hold a key of the operator's: it does not lie in Redis. */
const nameOf = (feed: string) => createHash('sha256').update(feed).digest('base64url');
