import { STAY } from '../keys.ts';
import type { Turn } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Privacy, RuleBook, Stored } from '../types.ts';

/** What is stored of a person, and how it is deleted. */
export function openPrivacy(
  { redis, run, keys, conversations }: Pick<Store, 'redis' | 'run' | 'keys' | 'conversations'>,
  rules: RuleBook,
): Privacy {
  const placesOf = async (user: string) => (await redis.smembers(keys.spokeIn(user))).sort();
  return {
    describe: async (user) => {
      const stored: Stored = {
        conversations: 0,
        turns: 0,
        replies: 0,
        settings: (await rules.read([`user:${user}`]))[0] ?? {},
        votes: await redis.hlen(keys.votes(user)),
        tokensToday: Number((await redis.hget(keys.userTokens(user), 'tokens')) ?? 0),
        repliesStaySeconds: STAY.stream,
        recordsStaySeconds: STAY.record,
      };
      for (const conversation of await placesOf(user)) {
        const turns = await conversations.read(conversation);
        const asked = new Set(turns.filter((turn) => isBy(user, turn)).map(({ id }) => id));
        if (asked.size > 0) stored.conversations++;
        stored.turns += asked.size;
        stored.replies += turns.filter((turn) => asked.has(turn.replyTo ?? turn.jobId ?? '')).length;
      }
      return stored;
    },
    erase: async (user) => {
      let turns = 0;
      for (const conversation of await placesOf(user)) {
        const touched = [keys.turns(conversation), keys.turnIds(conversation), keys.spokeIn(user)];
        const [gone, jobs] = (await run('erase-author', touched, [user, conversation])) as [number, string[]];
        turns += gone;
        await Promise.all(jobs.map((job) => run('forget-reply', [keys.record(job), keys.stream(job)], [])));
        // It may tell of them.
        await redis.del(
          keys.summary(conversation),
          keys.latest(conversation, user),
          ...jobs.map((job) => keys.asked(job)),
        );
      }
      const votes = Number(await run('erase-votes', [keys.votes(user), keys.voteCounts], []));
      await rules.erase(`user:${user}`);
      return { turns, votes };
    },
  };
}

const isBy = (user: string, { role, author }: Turn) => role === 'user' && author.id === user;
