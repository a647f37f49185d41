import { TURNS_KEPT, TURNS_LEFT } from './keys.ts';
import { keepMsOf } from './memory/retention.ts';
import { parse, parseJson, Summary, Turn } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Conversations } from './types.ts';
import { hideShown } from './web/shown.ts';

/** The conversations: the last 1,500 to 2,000 turns of each, as long as they are kept, and which persona speaks in it. */
export function openConversations({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Conversations {
  const listOf = (conversation: string) => [keys.turns(conversation), keys.turnIds(conversation)];
  const placeOf = (conversation: string) => [...listOf(conversation), keys.keep(conversation), keys.conversations];
  const change = async (conversation: string, turnId: string, made: (turn: Turn) => Turn) => {
    let [before, after] = ['', ''];
    for (;;) {
      const found = await run('replace-turn', listOf(conversation), [turnId, before, after]);
      if (typeof found !== 'string') return found === 1;
      // The first time round, or somebody else has changed it meanwhile.
      before = found;
      after = JSON.stringify(parse(Turn, made(parseJson(Turn, found, `a turn of ${conversation}`)), 'turn'));
    }
  };
  return {
    append: async (conversation, turn, { retentionDays } = {}) => {
      // Nothing waits for this turn, so that there is nothing to keep it for.
      if (retentionDays === 0) return false;
      const { id, role, author, ...rest } = parse(Turn, turn, 'turn');
      const json = JSON.stringify({ id, role, author, ...rest });
      const isPerson = role === 'user' ? 1 : 0;
      const args = [conversation, id, json, TURNS_KEPT, TURNS_LEFT, keepMsOf(retentionDays), isPerson];
      return (await run('append-turn', [...placeOf(conversation), keys.spokeIn(author.id)], args)) === 1;
    },
    read: async (conversation, last = TURNS_KEPT) => {
      if (last < 1) return [];
      const turns = await redis.lrange(keys.turns(conversation), -last, -1);
      return turns.map((json) => parseJson(Turn, json, `a turn of ${conversation}`));
    },
    replace: (conversation, turnId, text) => change(conversation, turnId, (turn) => ({ ...turn, text })),
    annotate: (conversation, turnId, notes) =>
      change(conversation, turnId, (turn) => {
        const there = new Set(turn.notes?.map(({ id }) => id));
        return { ...turn, notes: [...(turn.notes ?? []), ...notes.filter(({ id }) => !there.has(id))] };
      }),
    remove: async (conversation, turnIds) =>
      turnIds.length === 0 ? 0 : Number(await run('remove-turns', listOf(conversation), [...turnIds])),
    expire: async ({ retentionDays, now } = {}) => {
      const most = retentionDays === undefined ? Number.MAX_SAFE_INTEGER : keepMsOf(retentionDays);
      let gone = 0;
      for await (const page of redis.zscanStream(keys.conversations, { count: 100 })) {
        // A scan gives members and scores in turns.
        const names = (page as string[]).filter((_, at) => at % 2 === 0);
        const swept = await Promise.all(
          names.map((conversation) => run('expire-turns', placeOf(conversation), [conversation, now ?? '', most])),
        );
        gone += swept.reduce<number>((sum, count) => sum + Number(count), 0);
      }
      return gone;
    },
    clear: async (conversation) => {
      const multi = redis.multi().del(...listOf(conversation), keys.keep(conversation), keys.summary(conversation));
      await multi.zrem(keys.conversations, conversation).exec();
      await hideShown({ run, keys }, conversation, []);
    },
    move: async (from, to) => {
      const turns = (await redis.lrange(keys.turns(from), 0, -1)).map((json) =>
        parseJson(Turn, json, `a turn of ${from}`),
      );
      if (turns.length === 0) return;
      const speakers = new Set(turns.filter(({ role }) => role === 'user').map(({ author }) => author.id));
      const multi = redis.multi();
      // What is said under the new name already stays: then the old turns go as they would have gone by themselves.
      for (const key of [keys.turns, keys.turnIds, keys.keep, keys.persona, keys.summary])
        multi.copy(key(from), key(to));
      for (const speaker of speakers) multi.sadd(keys.spokeIn(speaker), to);
      const [score] = await redis.zmscore(keys.conversations, from);
      if (score) multi.zadd(keys.conversations, 'NX', score, to);
      await multi.exec();
    },
    summary: async (conversation) => {
      const json = await redis.get(keys.summary(conversation));
      return json === null ? undefined : parseJson(Summary, json, `the summary of ${conversation}`);
    },
    summarise: async (conversation, summary) => {
      // It goes with the conversation that it is of: nothing that it tells was said later than now.
      const keepMs = await redis.pttl(keys.turns(conversation));
      if (keepMs <= 0) return;
      await redis.set(keys.summary(conversation), JSON.stringify(parse(Summary, summary, 'summary')), 'PX', keepMs);
    },
    setPersona: async (conversation, persona) => {
      await redis.set(keys.persona(conversation), persona);
    },
    getPersona: async (conversation) => (await redis.get(keys.persona(conversation))) ?? undefined,
    list: async (from, most) => {
      const flat = await redis.zrevrange(keys.conversations, from, from + most - 1, 'WITHSCORES');
      return flat.flatMap((conversation, at) =>
        at % 2 === 0 ? [{ conversation, lastUsed: Number(flat[at + 1]) }] : [],
      );
    },
    count: () => redis.zcard(keys.conversations),
    size: (conversation) => redis.llen(keys.turns(conversation)),
  };
}
