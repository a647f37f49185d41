import { TURNS_KEPT } from './keys.ts';
import { parse, parseJson, Turn } from './schema/index.ts';
import type { Store } from './store.ts';
import type { Conversations } from './types.ts';

/** The conversations: the last 2,000 turns of each, and which persona speaks in it. */
export function openConversations({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Conversations {
  return {
    append: async (conversation, turn) => {
      const { id, ...rest } = parse(Turn, turn, 'turn');
      const args = [id, JSON.stringify({ id, ...rest }), TURNS_KEPT];
      return (await run('append-turn', [keys.turns(conversation), keys.turnIds(conversation)], args)) === 1;
    },
    read: async (conversation, last = TURNS_KEPT) => {
      if (last < 1) return [];
      const turns = await redis.lrange(keys.turns(conversation), -last, -1);
      return turns.map((json) => parseJson(Turn, json, `a turn of ${conversation}`));
    },
    clear: async (conversation) => {
      await redis.del(keys.turns(conversation), keys.turnIds(conversation));
    },
    setPersona: async (conversation, persona) => {
      await redis.set(keys.persona(conversation), persona);
    },
    getPersona: async (conversation) => (await redis.get(keys.persona(conversation))) ?? undefined,
  };
}
