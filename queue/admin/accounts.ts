import { WisecrackError } from '../../errors.ts';
import { Account, ApiToken, parse, parseJson, Session, Ticket } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Accounts } from '../types.ts';

/** Names are one person's whatever their case. */
const keyOf = (name: string) => name.normalize('NFKC').toLowerCase();

/** Who may log in, who is logged in, and what scripts may. Secrets come here as hashes only. */
export function openAccounts({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Accounts {
  const get = async (name: string) => {
    const json = await redis.hget(keys.accounts, keyOf(name));
    return json === null ? undefined : { json, account: parseJson(Account, json, `the account ${name}`) };
  };
  const readTicket = async (hash: string) => {
    const json = await redis.get(keys.ticket(hash));
    return json === null ? undefined : { json, ticket: parseJson(Ticket, json, 'a ticket') };
  };
  const endSessions = async (name: string, except?: string) => {
    const hashes = (await redis.smembers(keys.sessionsOf(keyOf(name)))).filter((hash) => hash !== except);
    if (hashes.length === 0) return;
    await redis
      .multi()
      .del(...hashes.map(keys.session))
      .srem(keys.sessionsOf(keyOf(name)), ...hashes)
      .exec();
  };
  const write = async (name: string, change: (account: Account) => Account | undefined) => {
    for (;;) {
      const found = await get(name);
      if (!found) throw new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: `account ${name}` });
      const after = change(found.account);
      const json = after ? JSON.stringify(parse(Account, after, 'account')) : '';
      const said = await run('change-account', [keys.accounts], [keyOf(name), found.json, json]);
      if (said === 'last-owner') throw new WisecrackError('WISECRACK_ADMIN_LAST_OWNER', { name });
      if (said === 'changed') return after;
    }
  };
  return {
    isEmpty: async () => (await redis.hlen(keys.accounts)) === 0,
    list: async () =>
      Object.entries(await redis.hgetall(keys.accounts))
        .map(([name, json]) => parseJson(Account, json, `the account ${name}`))
        .sort((a, b) => a.createdAt - b.createdAt),
    get: async (name) => (await get(name))?.account,
    change: async (name, change) => (await write(name, change)) as Account,
    remove: async (name) => {
      await write(name, () => undefined);
      await endSessions(name);
    },

    openTicket: async (hash, ticket) => {
      const json = JSON.stringify(parse(Ticket, ticket, 'ticket'));
      await redis.multi().set(keys.ticket(hash), json, 'PXAT', ticket.expiresAt).sadd(keys.tickets, hash).exec();
    },
    tickets: async () => {
      const hashes = (await redis.smembers(keys.tickets)).sort();
      if (hashes.length === 0) return [];
      const found = await redis.mget(hashes.map(keys.ticket));
      const gone = hashes.filter((_, at) => found[at] == null);
      if (gone.length > 0) await redis.srem(keys.tickets, ...gone);
      return hashes.flatMap((hash, at) => {
        const json = found[at];
        return json == null ? [] : [{ hash, ...parseJson(Ticket, json, 'a ticket') }];
      });
    },
    closeTicket: async (hash) => {
      const [gone] = (await redis.multi().del(keys.ticket(hash)).srem(keys.tickets, hash).exec()) ?? [];
      return gone?.[1] === 1;
    },
    create: async (hash, { first, make }) => {
      const found = await readTicket(hash);
      if (!found || found.ticket.first !== first) return 'gone';
      const account = parse(Account, await make(found.ticket.role), 'account');
      const said = await run(
        'create-account',
        [keys.ticket(hash), keys.accounts, keys.tickets],
        [found.json, hash, keyOf(account.name), JSON.stringify(account), first ? 1 : 0],
      );
      return said === 'created' ? account : (said as 'gone' | 'taken');
    },

    openSession: async (hash, session, ttlMs) => {
      const json = JSON.stringify(parse(Session, session, 'session'));
      const list = keys.sessionsOf(keyOf(session.name));
      await redis.multi().set(keys.session(hash), json, 'PX', ttlMs).sadd(list, hash).pexpire(list, ttlMs).exec();
    },
    session: async (hash, ttlMs) => {
      const json = await redis.getex(keys.session(hash), 'PX', ttlMs);
      if (json === null) return undefined;
      const session = parseJson(Session, json, 'a session');
      await redis.pexpire(keys.sessionsOf(keyOf(session.name)), ttlMs);
      return session;
    },
    closeSession: async (hash) => {
      await redis.del(keys.session(hash));
    },
    endSessions,

    addToken: async (hash, token) => {
      await redis.hset(keys.tokens, hash, JSON.stringify(parse(ApiToken, token, 'token')));
    },
    token: async (hash) => {
      const json = await redis.hget(keys.tokens, hash);
      if (json === null) return undefined;
      await redis.hset(keys.tokensUsed, hash, Date.now());
      return parseJson(ApiToken, json, 'a token');
    },
    tokens: async () => {
      const [tokens, used] = await Promise.all([redis.hgetall(keys.tokens), redis.hgetall(keys.tokensUsed)]);
      return Object.entries(tokens)
        .map(([hash, json]) => {
          const at = Number(used[hash]);
          return { ...parseJson(ApiToken, json, 'a token'), usedAt: at > 0 ? at : null };
        })
        .sort((a, b) => a.createdAt - b.createdAt);
    },
    removeToken: async (id) => {
      for (const [hash, json] of Object.entries(await redis.hgetall(keys.tokens))) {
        if (parseJson(ApiToken, json, 'a token').id !== id) continue;
        await redis.multi().hdel(keys.tokens, hash).hdel(keys.tokensUsed, hash).exec();
        return true;
      }
      return false;
    },

    tryOnce: async (who, { most, seconds }) => {
      const key = keys.tries(who);
      const multi = redis.multi().set(key, 0, 'EX', seconds, 'NX').incr(key).pttl(key);
      const [, tries, left] = ((await multi.exec()) ?? []).map(([, answer]) => Number(answer)) as [
        number,
        number,
        number,
      ];
      return tries <= most ? undefined : Math.max(1, Math.ceil(left / 1000));
    },
    forgetTries: async (who) => {
      await redis.del(keys.tries(who));
    },
    useCode: async (name, step) => (await redis.set(keys.usedCode(keyOf(name), step), '1', 'EX', 300, 'NX')) === 'OK',
  };
}
