import type { z } from 'zod';
import { ChatInvite, Guest, parse, parseJson } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Guests } from './types.ts';

/** Who was let into the web chat, and by what. Secrets come here as hashes only. */
export function openGuests({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Guests {
  /** What is left of a set whose members have keys that expire. */
  const living = async <Schema extends z.ZodType>(set: string, keyOf: (member: string) => string, schema: Schema) => {
    const members = (await redis.smembers(set)).sort();
    if (members.length === 0) return [];
    const found = await redis.mget(members.map(keyOf));
    const gone = members.filter((_, at) => found[at] == null);
    if (gone.length > 0) await redis.srem(set, ...gone);
    return members.flatMap((member, at) => {
      const json = found[at];
      return json == null ? [] : [{ member, value: parseJson(schema, json, `what ${set} names`) }];
    });
  };
  return {
    openInvite: async (hash, invite) => {
      const json = JSON.stringify(parse(ChatInvite, invite, 'invite'));
      await redis
        .multi()
        .set(keys.chatInvite(hash), json, 'PXAT', invite.expiresAt)
        .sadd(keys.chatInvites, hash)
        .exec();
    },
    invites: async () =>
      (await living(keys.chatInvites, keys.chatInvite, ChatInvite)).map(({ member, value }) => ({
        hash: member,
        ...value,
      })),
    closeInvite: async (hash) => {
      const [gone] = (await redis.multi().del(keys.chatInvite(hash)).srem(keys.chatInvites, hash).exec()) ?? [];
      return gone?.[1] === 1;
    },
    join: async (hash, { id, name }, session) => {
      for (;;) {
        const json = await redis.get(keys.chatInvite(hash));
        if (json === null) return undefined;
        const invite = parseJson(ChatInvite, json, 'an invite to the chat');
        const { by, note, uses } = invite;
        const guest = parse(Guest, { id, name, by, note, createdAt: Date.now() }, 'guest');
        const said = await run(
          'join-chat',
          [keys.chatInvite(hash), keys.chatInvites, keys.guest(guest.id), keys.guests, keys.guestSession(session.hash)],
          [
            ...[json, hash, uses > 1 ? JSON.stringify({ ...invite, uses: uses - 1 }) : ''],
            ...[guest.id, JSON.stringify(guest), session.ttlMs],
          ],
        );
        if (said !== 'overtaken') return said === 'joined' ? guest : undefined;
      }
    },
    session: async (hash, ttlMs) => {
      const id = await redis.getex(keys.guestSession(hash), 'PX', ttlMs);
      const json = id === null ? null : await redis.getex(keys.guest(id), 'PX', ttlMs);
      return json === null ? undefined : parseJson(Guest, json, 'a guest');
    },
    closeSession: async (hash) => {
      await redis.del(keys.guestSession(hash));
    },
    list: async () =>
      (await living(keys.guests, keys.guest, Guest))
        .map(({ value }) => value)
        .sort((a, b) => b.createdAt - a.createdAt),
    remove: async (id) => {
      const [gone] = (await redis.multi().del(keys.guest(id)).srem(keys.guests, id).exec()) ?? [];
      return gone?.[1] === 1;
    },
  };
}
