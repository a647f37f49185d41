import { SHOWN_KEPT } from '../keys.ts';
import { keepMsOf } from '../memory/retention.ts';
import { parse, parseJson, ShownMessage } from '../schema/index.ts';
import type { Store } from '../store.ts';
import { Hearing } from './hearing.ts';
import type { Shown } from './types.ts';

/** The messages on the pages of the web chat. Pages are told of changes by pub/sub; what one misses it reads again. */
export function openShown(store: Pick<Store, 'redis' | 'run' | 'keys' | 'connect' | 'onError'>): {
  shown: Shown;
  close: () => void;
} {
  const { redis, run, keys } = store;
  const hearing = new Hearing(store);
  const write = async (how: 'new' | 'edit', conversation: string, message: ShownMessage) => {
    const { id } = parse(ShownMessage, message, 'message');
    const places = [
      keys.shown(conversation),
      keys.shownOrder(conversation),
      keys.shownVersion(conversation),
      keys.keep(conversation),
    ];
    const limits = [SHOWN_KEPT, keepMsOf(), Date.now()];
    const args = [id, JSON.stringify(message), how, ...limits, keys.shownChanges(conversation)];
    return (await run('show-message', places, args)) === 1;
  };
  const shown: Shown = {
    put: (conversation, message) => write('new', conversation, message),
    edit: (conversation, message) => write('edit', conversation, message),
    remove: async (conversation, ids) => (ids.length === 0 ? 0 : hideShown(store, conversation, ids)),
    clear: async (conversation) => {
      await hideShown(store, conversation, []);
    },
    get: async (conversation, id) => {
      const json = await redis.hget(keys.shown(conversation), id);
      return json === null ? undefined : parseJson(ShownMessage, json, `a message of ${conversation}`);
    },
    read: async (conversation) => {
      const [version, order, all] = (
        (await redis
          .multi()
          .get(keys.shownVersion(conversation))
          .zrange(keys.shownOrder(conversation), '0', '-1')
          .hgetall(keys.shown(conversation))
          .exec()) ?? []
      ).map(([, answer]) => answer) as [string | null, string[], Record<string, string>];
      const messages = order.flatMap((id) => {
        const json = all[id];
        return json === undefined ? [] : [parseJson(ShownMessage, json, `a message of ${conversation}`)];
      });
      return { version: Number(version ?? 0), messages };
    },
    typing: async (conversation, typing) => {
      await redis.publish(keys.shownChanges(conversation), JSON.stringify({ typing }));
    },
    hear: (conversation, heard, signal) => hearing.hear(keys.shownChanges(conversation), heard, signal),
  };
  return { shown, close: () => hearing.close() };
}

/** Takes messages away; no ids: all of them. @returns how many there were */
export async function hideShown(
  { run, keys }: Pick<Store, 'run' | 'keys'>,
  conversation: string,
  ids: readonly string[],
): Promise<number> {
  const places = [keys.shown(conversation), keys.shownOrder(conversation), keys.shownVersion(conversation)];
  return Number(await run('hide-messages', places, [keys.shownChanges(conversation), ...ids]));
}
