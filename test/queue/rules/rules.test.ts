import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type Queue, type Settings } from '../../../queue/index.ts';
import { keysOf } from '../../../queue/keys.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';
import { until } from '../fixtures/messages.ts';
import { Server } from '../fixtures/server.ts';

useQueue();
let other: Queue;

beforeEach(() => {
  other = openQueue({ redis: server.handle, prefix });
});
afterEach(() => other.close());

const HOME = 'server:discord:1';
const invalid = (name: string) =>
  expect.objectContaining({ code: 'WISECRACK_RULE_INVALID', message: expect.stringContaining(name) });
const read = async (from: Queue): Promise<Settings> => (await from.rules.read([HOME]))[0] ?? {};

/** Reads until what was read is remembered, so that a test of forgetting cannot pass without it. */
async function warm(reader: Queue): Promise<void> {
  const redis = server.connect();
  const calls = async () => Number(/cmdstat_hgetall:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
  await until(async () => {
    const before = await calls();
    await read(reader);
    return before > 0 && (await calls()) === before;
  });
  redis.disconnect();
}

test('settings come back as they were set, in the order asked for', async () => {
  const settings: Settings = {
    persona: 'wit',
    blockUsers: [],
    keywords: ['a "quoted" word', '笑话'],
    webhookIdentity: false,
  };
  expect(await queue.rules.change(HOME, settings, 'discord:9')).toEqual(settings);
  await queue.rules.change('user:discord:9', { locale: 'zh' }, 'discord:9');
  expect(await other.rules.read(['all', HOME, 'channel:discord:2', 'user:discord:9'])).toEqual([
    {},
    settings,
    {},
    { locale: 'zh' },
  ]);
});

test('null takes a setting back, and the others stay', async () => {
  await queue.rules.change(HOME, { persona: 'wit', locale: 'zh' }, 'discord:9');
  expect(await queue.rules.change(HOME, { persona: null, bots: 'allow' }, 'discord:9')).toEqual({
    locale: 'zh',
    bots: 'allow',
  });
  expect(await read(other)).toEqual({ locale: 'zh', bots: 'allow' });
});

test('a change counts at once in the process that made it, and soon in all others', async () => {
  await Promise.all([warm(queue), warm(other)]);
  await queue.rules.change(HOME, { persona: 'wit' }, 'discord:9');
  expect(await read(queue)).toEqual({ persona: 'wit' });
  await until(async () => (await read(other)).persona === 'wit');
});

test('what was read is not read again until it changes', async () => {
  await warm(queue);
  const redis = server.connect();
  // Behind everybody's back, so that only a remembered answer can be the old one.
  await redis.hset(keysOf(prefix).settings(HOME), 'persona', '"sneaky"');
  redis.disconnect();
  expect(await read(queue)).toEqual({});
  await other.rules.change(HOME, { locale: 'en' }, 'discord:9');
  await until(async () => (await read(queue)).persona === 'sneaky');
});

test('changes at the same time all succeed, and the audit tells them in one order', async () => {
  const names = ['persona', 'locale'] as const;
  await Promise.all(
    Array.from({ length: 50 }, (_, at) =>
      (at % 2 === 0 ? queue : other).rules.change(HOME, { [names[at % 2] ?? 'persona']: `v${at}` }, `discord:${at}`),
    ),
  );
  const audit = (await queue.rules.audit({ last: 100 })).reverse();
  expect(audit).toHaveLength(50);
  expect(new Set(audit.map(({ by }) => by)).size).toBe(50);
  for (const [at, change] of audit.entries()) expect(change.before).toEqual(audit[at - 1]?.after ?? {});
  expect(audit.at(-1)?.after).toEqual(await read(openedAnew()));
});

const openedAnew = () => {
  const third = openQueue({ redis: server.handle, prefix });
  toClose.push(third);
  return third;
};
const toClose: Queue[] = [];
afterEach(() => Promise.all(toClose.splice(0).map((it) => it.close())));

test('a reader who reads while others change never keeps an old answer', async () => {
  await warm(other);
  for (let at = 0; at < 100; at++) {
    const reading = Array.from({ length: 5 }, () => read(other));
    await Promise.all([queue.rules.change(HOME, { persona: `v${at}` }, 'discord:9'), ...reading]);
    await until(async () => (await read(other)).persona === `v${at}`);
  }
});

describe('the audit', () => {
  test('says who changed what, when, from what to what, newest first', async () => {
    const from = Date.now() - 1000;
    await queue.rules.change(HOME, { persona: 'wit' }, 'discord:9');
    await queue.rules.change('all', { operators: ['discord:9'] }, 'console');
    await queue.rules.change(HOME, { persona: 'sage', bots: 'allow' }, 'discord:8');
    const audit = await queue.rules.audit();
    expect(audit).toMatchObject([
      { scope: HOME, by: 'discord:8', before: { persona: 'wit' }, after: { persona: 'sage', bots: 'allow' } },
      { scope: 'all', by: 'console', before: {}, after: { operators: ['discord:9'] } },
      { scope: HOME, by: 'discord:9', before: {}, after: { persona: 'wit' } },
    ]);
    for (const { at } of audit) expect(at).toBeGreaterThan(from);
    expect(await queue.rules.audit({ last: 1 })).toEqual(audit.slice(0, 1));
    expect(await queue.rules.audit({ last: 0 })).toEqual([]);
  });

  test('leaves out what changes nothing', async () => {
    await queue.rules.change(HOME, { persona: 'wit' }, 'discord:9');
    await queue.rules.change(HOME, { persona: 'wit', locale: null }, 'discord:8');
    expect(await queue.rules.audit()).toHaveLength(1);
  });
});

describe('what cannot be set', () => {
  test('is refused whole, and nothing is written', async () => {
    const change = (patch: object, scope = HOME) => queue.rules.change(scope as 'all', patch, 'discord:9');
    await expect(change({ persona: 'wit', botTurns: -1 })).rejects.toEqual(invalid('botTurns'));
    await expect(change({ colour: 'red' })).rejects.toEqual(invalid('colour'));
    await expect(change({ colour: null })).rejects.toEqual(invalid('colour'));
    await expect(change({ blockUsers: ['9'] })).rejects.toEqual(invalid('blockUsers'));
    await expect(change({ persona: 'wit', operators: ['discord:9'] })).rejects.toEqual(invalid('operators'));
    await expect(change({ userPerMinute: 100 }, 'user:discord:9')).rejects.toEqual(invalid('userPerMinute'));
    await expect(change({ persona: 'wit' }, 'server:1')).rejects.toEqual(invalid('server:1'));
    expect(await read(queue)).toEqual({});
    expect(await queue.rules.audit()).toEqual([]);
  });

  test('but was set by a newer version, is left alone', async () => {
    const redis = server.connect();
    await redis.hset(keysOf(prefix).settings(HOME), 'weather', '"sunny"', 'persona', '"wit"');
    expect(await read(queue)).toEqual({ persona: 'wit' });
    await queue.rules.change(HOME, { locale: 'zh' }, 'discord:9');
    expect(await redis.hget(keysOf(prefix).settings(HOME), 'weather')).toBe('"sunny"');
    redis.disconnect();
  });

  test('and was set wrongly, is an error and not a default', async () => {
    const redis = server.connect();
    await redis.hset(keysOf(prefix).settings(HOME), 'blockUsers', '"everybody"');
    redis.disconnect();
    await expect(read(queue)).rejects.toThrow('blockUsers');
  });
});

test('erasing a scope deletes its settings everywhere, and what the audit holds of them', async () => {
  await queue.rules.change('user:discord:9', { locale: 'zh' }, 'discord:9');
  await queue.rules.change(HOME, { locale: 'en' }, 'discord:9');
  await other.rules.read(['user:discord:9']);
  await queue.rules.erase('user:discord:9');
  expect(await queue.rules.read(['user:discord:9'])).toEqual([{}]);
  await until(async () => (await other.rules.read(['user:discord:9']))[0]?.locale === undefined);
  expect((await queue.rules.audit()).map(({ scope }) => scope)).toEqual([HOME]);
});

test('settings outlive Redis, and changes after its restart are heard as before', async () => {
  const own = await Server.start();
  const [one, two] = [openQueue({ redis: own.handle, prefix }), openQueue({ redis: own.handle, prefix })];
  await one.rules.change(HOME, { persona: 'wit' }, 'discord:9');
  await two.rules.read([HOME]);
  await one.rules.change(HOME, { locale: 'zh' }, 'discord:9');
  await own.kill();
  await own.start();
  expect(await read(two)).toEqual({ persona: 'wit', locale: 'zh' });
  await one.rules.change(HOME, { persona: 'sage' }, 'discord:9');
  await until(async () => (await read(two)).persona === 'sage', 60_000);
  expect(await one.rules.audit()).toHaveLength(3);
  await Promise.all([one.close(), two.close()]);
  await own.stop();
});
