import { describe, expect, test } from 'vitest';
import { keysOf } from '../../../queue/keys.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';
import { collect, counting, message, until } from '../fixtures/messages.ts';

useQueue();

const CHAT = 'test:chat';
const DAY = 24 * 60 * 60 * 1000;
const append = (id: string, ageDays: number, retentionDays?: number, chat = CHAT) =>
  queue.conversations.append(
    chat,
    { ...message(id).turn, at: Date.now() - Math.round(ageDays * DAY) },
    retentionDays === undefined ? {} : { retentionDays },
  );
const ids = async (chat = CHAT) => (await queue.conversations.read(chat)).map(({ id }) => id.slice('test:'.length));

describe('turns that have been kept long enough', () => {
  test('go when another comes, together with those that soon will', async () => {
    for (const [id, age] of Object.entries({ a: 29, b: 24, c: 22, d: 1 })) await append(id, age);
    expect(await ids()).toEqual(['a', 'b', 'c', 'd']);
    await append('e', 0, 28);
    // Older than 28 days: a. Older than three quarters of them: b and c.
    expect(await ids()).toEqual(['d', 'e']);
  });

  test('stay while none is too old', async () => {
    await append('a', 29);
    await append('b', 28);
    await append('c', 0);
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  test('do not take the newest with them, however late it was delivered', async () => {
    await append('a', 40);
    expect(await ids()).toEqual(['a']);
    await append('b', 39);
    expect(await ids()).toEqual(['b']);
  });

  test('may say whatever they like', async () => {
    for (const text of ['"at":1,', '\ud83d', '{"at":1}', '\\"at":1']) {
      await queue.conversations.append(CHAT, { ...message().turn, text, author: { id: '"at":2', name: '"at":3' } });
    }
    await append('a', 0);
    expect(await queue.conversations.read(CHAT)).toHaveLength(5);
    expect(await queue.conversations.expire({ now: Date.now() + 31 * DAY })).toBe(5);
  });

  test('are known no more, and the others still are', async () => {
    await append('a', 29);
    await append('b', 0, 28);
    expect(await append('b', 0)).toBe(false);
    expect(await append('a', 0)).toBe(true);
    expect(await ids()).toEqual(['b', 'a']);
  });
});

describe('the sweep', () => {
  test('forgets in conversations that nobody adds to', async () => {
    await append('a', 9, 10);
    await append('b', 1, 10);
    await append('c', 1, 10, 'test:other');
    expect(await queue.conversations.expire()).toBe(0);
    expect(await queue.conversations.expire({ now: Date.now() + 2 * DAY })).toBe(1);
    expect(await ids()).toEqual(['b']);
    expect(await queue.conversations.expire({ now: Date.now() + 20 * DAY })).toBe(2);
    expect([await ids(), await ids('test:other')]).toEqual([[], []]);
    const redis = server.connect();
    expect(await redis.exists(keysOf(prefix).conversations)).toBe(0);
    redis.disconnect();
  });

  test('takes a retention that was lowered since at its word', async () => {
    await append('a', 9);
    await append('b', 1);
    expect(await queue.conversations.expire({ retentionDays: 5 })).toBe(1);
    expect(await ids()).toEqual(['b']);
    expect(await queue.conversations.expire({ retentionDays: 300 })).toBe(0);
  });

  test('goes through many conversations', async () => {
    const chats = Array.from({ length: 500 }, (_, at) => `test:${at}`);
    await Promise.all(chats.map((chat, at) => append('a', at % 2 === 0 ? 8 : 2, 10, chat)));
    expect(await queue.conversations.expire({ now: Date.now() + 3 * DAY })).toBe(250);
  });
});

describe('a conversation that is no longer used', () => {
  test('goes by itself, with all that belongs to it', async () => {
    const { turn, job } = message('a');
    await queue.submit(turn, { ...job, retentionDays: 7 });
    const redis = server.connect();
    const keys = await redis.keys(`${prefix}:conversation:*`);
    expect(keys).toHaveLength(3);
    for (const key of [...keys, keysOf(prefix).spokeIn('u1')]) {
      const ttl = await redis.pttl(key);
      expect(ttl, key).toBeGreaterThan(6 * DAY);
      expect(ttl, key).toBeLessThanOrEqual(7 * DAY);
    }
    redis.disconnect();
  });

  test('stays as long as the last word about it says, and its authors at least as long', async () => {
    await append('a', 0, 7);
    await append('b', 0, 3, 'test:other');
    const redis = server.connect();
    expect(await redis.pttl(keysOf(prefix).turns('test:other'))).toBeLessThanOrEqual(3 * DAY);
    expect(await redis.pttl(keysOf(prefix).spokeIn('u1'))).toBeGreaterThan(6 * DAY);
    await append('c', 0, 90);
    expect(await redis.pttl(keysOf(prefix).turns(CHAT))).toBeGreaterThan(89 * DAY);
    expect(await redis.pttl(keysOf(prefix).spokeIn('u1'))).toBeGreaterThan(89 * DAY);
    redis.disconnect();
  });
});

describe('with a retention of nothing', () => {
  test('a question is there while it is answered, and nothing is afterwards', async () => {
    const seen: string[] = [];
    const worker = queue.startWorker({
      handle: async (job, context) => {
        seen.push(...(await context.conversation.read()).map(({ id }) => id));
        return counting(3)(job, context);
      },
    });
    const { turn, job } = message('a');
    await queue.submit(turn, { ...job, retentionDays: 0 });
    await collect(queue, job.id);
    expect(seen).toEqual(['test:a']);
    expect(await ids()).toEqual([]);
    await worker.close();
  });

  test('questions that wait stay until their own reply ends', async () => {
    for (const id of ['a', 'b']) {
      const { turn, job } = message(id);
      await queue.submit(turn, { ...job, retentionDays: 0 });
    }
    await queue.cancel('test:a');
    expect(await ids()).toEqual(['b']);
    await queue.cancel('test:b');
    expect(await ids()).toEqual([]);
  });

  test('what is not answered is not kept at all', async () => {
    expect(await append('a', 0, 0)).toBe(false);
    expect(await ids()).toEqual([]);
  });

  test('what waits for a reply that never comes goes with the hour', async () => {
    const { turn, job } = message('a');
    await queue.submit(turn, { ...job, retentionDays: 0 });
    const redis = server.connect();
    expect(await redis.ttl(keysOf(prefix).turns(CHAT))).toBeLessThanOrEqual(60 * 60);
    redis.disconnect();
  });
});

describe('a turn', () => {
  test('gets another text, in its place', async () => {
    for (const id of ['a', 'b', 'c']) await append(id, 0);
    const before = await queue.conversations.read(CHAT);
    expect(await queue.conversations.replace(CHAT, 'test:b', 'a/b "neu" 笑 \u0000 \\u0041')).toBe(true);
    const after = await queue.conversations.read(CHAT);
    expect(after).toEqual(
      before.map((turn, at) => (at === 1 ? { ...turn, text: 'a/b "neu" 笑 \u0000 \\u0041' } : turn)),
    );
    expect(await append('b', 0)).toBe(false);
  });

  test('that is not there cannot be replaced', async () => {
    await append('a', 0);
    expect(await queue.conversations.replace(CHAT, 'test:z', 'x')).toBe(false);
    expect(await queue.conversations.replace('test:none', 'test:a', 'x')).toBe(false);
    await expect(queue.conversations.replace(CHAT, 'test:a', 'x'.repeat(16_001))).rejects.toMatchObject({
      code: 'WISECRACK_JOB_INVALID',
    });
    expect((await queue.conversations.read(CHAT)).map(({ text }) => text)).toEqual(['message a']);
  });

  test('is whole, whoever replaces, removes and adds at the same time', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, at) => append(String(at), 0)));
    await Promise.all([
      ...Array.from({ length: 30 }, (_, at) => queue.conversations.replace(CHAT, `test:${at}`, `first ${at}`)),
      ...Array.from({ length: 10 }, (_, at) => queue.conversations.remove(CHAT, [`test:${at}`, `test:${at + 5}`])),
      ...Array.from({ length: 30 }, (_, at) => append(`new ${at}`, 0)),
      ...Array.from({ length: 30 }, (_, at) => queue.conversations.replace(CHAT, `test:${at}`, `second ${at}`)),
    ]);
    const turns = await queue.conversations.read(CHAT);
    expect(turns.map(({ id }) => id)).toEqual([
      ...Array.from({ length: 15 }, (_, at) => `test:${at + 15}`),
      ...Array.from({ length: 30 }, (_, at) => `test:new ${at}`),
    ]);
    for (const { id, text } of turns.slice(0, 15)) {
      expect([`first ${id.slice(5)}`, `second ${id.slice(5)}`]).toContain(text);
    }
    // List and ids still agree: each that is there is known, each that is not can come again.
    expect(await append('20', 0)).toBe(false);
    expect(await append('3', 0)).toBe(true);
  });

  test('is removed with others, wherever they stand', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await append(id, 0);
    expect(await queue.conversations.remove(CHAT, ['test:d', 'test:a', 'test:a', 'test:z'])).toBe(2);
    expect(await ids()).toEqual(['b', 'c']);
    expect(await queue.conversations.remove(CHAT, [])).toBe(0);
    await append('e', 0);
    expect(await ids()).toEqual(['b', 'c', 'e']);
  });
});

test('an answer whose question is removed meanwhile does not join', async () => {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  const worker = queue.startWorker({
    handle: async (job, context) => {
      await gone;
      return counting(2)(job, context);
    },
  });
  const { turn, job } = message('a');
  await queue.submit(turn, job);
  await until(async () => (await queue.counts()).active === 1);
  await queue.conversations.remove(CHAT, [turn.id]);
  go();
  await collect(queue, job.id);
  expect(await ids()).toEqual([]);
  await worker.close();
});
