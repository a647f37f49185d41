import { STAY } from '../keys.ts';
import type { Turn } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Privacy, RuleBook, Statistics, Stored } from '../types.ts';
import { hideShown } from '../web/shown.ts';

/** What is stored of a person, and how it is deleted. */
export function openPrivacy(
  { redis, run, keys, conversations }: Pick<Store, 'redis' | 'run' | 'keys' | 'conversations'>,
  rules: RuleBook,
  statistics: Pick<Statistics, 'forget'>,
): Privacy {
  const placesOf = async (user: string) => (await redis.smembers(keys.spokeIn(user))).sort();
  /** What they said in a conversation, and the replies to it. */
  const theirsIn = async (conversation: string, user: string) => {
    const turns = await conversations.read(conversation);
    const asked = new Set(turns.filter((turn) => isBy(user, turn)).map(({ id }) => id));
    return turns.filter(({ id, replyTo, jobId }) => asked.has(id) || asked.has(replyTo ?? jobId ?? ''));
  };
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
        const turns = await theirsIn(conversation, user);
        const asked = turns.filter((turn) => isBy(user, turn)).length;
        if (asked > 0) stored.conversations++;
        stored.turns += asked;
        stored.replies += turns.length - asked;
      }
      return stored;
    },
    turnsOf: async (user) => {
      const found: { conversation: string; turn: Turn }[] = [];
      for (const conversation of await placesOf(user)) {
        for (const turn of await theirsIn(conversation, user)) found.push({ conversation, turn });
      }
      return found;
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
      // A person's own chat on the web is called after them.
      await hideShown({ run, keys }, user, []);
      const votes = Number(await run('erase-votes', [keys.votes(user), keys.voteCounts], []));
      await rules.erase(`user:${user}`);
      await statistics.forget(user);
      return { turns, votes };
    },
  };
}

const isBy = (user: string, { role, author }: Turn) => role === 'user' && author.id === user;
