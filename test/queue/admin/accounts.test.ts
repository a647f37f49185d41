import { expect, test } from 'vitest';
import type { Account } from '../../../queue/index.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';

useQueue();

const account = (name: string, role: Account['role'] = 'owner'): Account => ({
  name,
  role,
  password: 'hash',
  createdAt: 1,
});
const ticket = { role: 'owner' as const, by: 'x', expiresAt: Date.now() + 60_000 };

test('a ticket makes one account, however many try at once', async () => {
  await queue.accounts.openTicket('h', { ...ticket, first: true });
  const made = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      queue.accounts.create('h', { first: true, make: async (role) => account(`n${at}`, role) }),
    ),
  );
  expect(made.filter((it) => it !== 'gone')).toHaveLength(1);
  expect(await queue.accounts.list()).toHaveLength(1);
  expect(await queue.accounts.tickets()).toEqual([]);
});

test('a ticket for the first owner is none for anybody else, and the other way round', async () => {
  await queue.accounts.openTicket('invite', { ...ticket, role: 'viewer', first: false });
  const make = async (role: Account['role']) => account('Ann', role);
  expect(await queue.accounts.create('invite', { first: true, make })).toBe('gone');
  expect(await queue.accounts.create('invite', { first: false, make })).toMatchObject({ role: 'viewer' });
  await queue.accounts.openTicket('setup', { ...ticket, first: true });
  expect(await queue.accounts.create('setup', { first: true, make })).toBe('gone');
});

test('of two owners who demote each other at once, one stays', async () => {
  for (const name of ['Ann', 'Bob']) {
    await queue.accounts.openTicket(name, { ...ticket, first: false });
    await queue.accounts.create(name, { first: false, make: async () => account(name) });
  }
  const demote = (name: string) => queue.accounts.change(name, (it) => ({ ...it, role: 'viewer' }));
  const done = await Promise.allSettled([demote('Ann'), demote('Bob')]);
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await queue.accounts.list()).filter(({ role }) => role === 'owner')).toHaveLength(1);
});

test('of tries at once no more are let through than of tries in a row', async () => {
  const limit = { most: 5, seconds: 60 };
  const tries = await Promise.all(Array.from({ length: 20 }, () => queue.accounts.tryOnce('ann', limit)));
  expect(tries.filter((wait) => wait === undefined)).toHaveLength(5);
  for (const wait of tries) if (wait !== undefined) expect(wait).toBeGreaterThan(0);
  await queue.accounts.forgetTries('ann');
  expect(await queue.accounts.tryOnce('ann', limit)).toBeUndefined();
});

test('sessions end one by one, or all but one', async () => {
  for (const hash of ['a', 'b', 'c']) await queue.accounts.openSession(hash, { name: 'Ann', since: 1 }, 60_000);
  await queue.accounts.closeSession('a');
  await queue.accounts.endSessions('ANN', 'c');
  const left = await Promise.all(['a', 'b', 'c'].map((hash) => queue.accounts.session(hash, 60_000)));
  expect(left).toEqual([undefined, undefined, { name: 'Ann', since: 1 }]);
  const redis = server.connect();
  expect(await redis.pttl(`${prefix}:admin:session:c`)).toBeGreaterThan(0);
  redis.disconnect();
});
