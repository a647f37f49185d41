import { expect, test } from 'vitest';
import { noteReply } from '../../../queue/figures/note.ts';
import { keysOf } from '../../../queue/keys.ts';
import { loadScripts } from '../../../queue/scripts.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';
import { collect, counting, submit, until } from '../fixtures/messages.ts';

useQueue();

const NOW = Date.UTC(2030, 0, 2, 13, 5, 30);
const MINUTE = 60_000;
const job = {
  id: 'test:1',
  platform: 'test',
  conversation: 'test:c',
  turnId: 'test:1',
  seed: 1,
  trace: 't',
  createdAt: 0,
};
const figures = { promptTokens: 10, replyTokens: 5, waitMs: 20, firstTokenMs: 100, totalMs: 1000, tokensPerSecond: 8 };

type Note = (at: number, more?: { user?: string; failed?: boolean }) => Promise<void>;

/** Notes replies as they are noted at their end, at a time of the test's. */
async function withNotes(work: (note: Note) => Promise<void>) {
  const redis = server.connect();
  const store = { run: loadScripts(redis), keys: keysOf(prefix) };
  try {
    await work((at, { user = 'test:ann', failed = false } = {}) =>
      noteReply(
        store,
        { ...job, persona: 'wit', user },
        failed
          ? { finish: 'failed', text: '', figures, error: { code: 'WISECRACK_ENGINE_FAILED', message: 'it broke' } }
          : { finish: 'stop', text: '', figures },
        at,
      ),
    );
  } finally {
    redis.disconnect();
  }
}

test('a reply is counted in the minute, the ten minutes and the six hours in which it ends', async () => {
  await withNotes(async (note) => {
    await note(NOW - 2 * MINUTE);
    await note(NOW);
    await note(NOW, { failed: true });
  });
  const minutes = await queue.statistics.history('minute', NOW);
  expect(minutes).toHaveLength(60);
  expect(minutes.at(-1)).toMatchObject({
    from: NOW - 30_000,
    replies: 2,
    failed: 1,
    promptTokens: 20,
    replyTokens: 10,
  });
  expect(minutes.at(-3)).toMatchObject({ replies: 1, tokensPerSecond: 8 });
  expect(minutes.at(-2)).toMatchObject({ replies: 0, tokensPerSecond: null, total: { p50: null } });
  expect((await queue.statistics.history('six', NOW)).at(-1)).toMatchObject({ replies: 3 });
  const hour = await queue.statistics.lastHour(NOW);
  expect(hour.replies).toBe(3);
  expect(Math.abs((hour.total.p50 ?? 0) - 1000)).toBeLessThan(100);
  // An hour later it is out of the hour, and in the day.
  expect((await queue.statistics.lastHour(NOW + 60 * MINUTE)).replies).toBe(0);
  const day = await queue.statistics.history('ten', NOW + 60 * MINUTE);
  expect(day.reduce((sum, { replies }) => sum + replies, 0)).toBe(3);
});

test('usage is summed over the spans, and a flood of strangers does not fill the memory', async () => {
  await withNotes(async (note) => {
    for (const ago of [0, 0, 10, 20]) await note(NOW - ago * MINUTE, { user: 'test:ann' });
    for (let at = 0; at < 600; at++) await note(NOW, { user: `test:stranger-${at}` });
  });
  const users = await queue.statistics.usage('user', 'ten', { now: NOW, most: 1000 });
  expect(users[0]).toEqual({ key: 'test:ann', tokens: 20, replies: 4 });
  expect(users.length).toBeLessThanOrEqual(501);
  await queue.statistics.forget('test:ann', NOW);
  expect((await queue.statistics.usage('user', 'six', { now: NOW }))[0]?.key).not.toBe('test:ann');
});

test('samples give mean and most', async () => {
  for (const waiting of [1, 5, 3]) await queue.statistics.sample({ waiting, kvUsed: waiting / 10 }, NOW);
  const now = (await queue.statistics.history('minute', NOW)).at(-1);
  expect(now).toMatchObject({ waiting: { mean: 3, most: 5 }, running: { mean: null, most: null } });
  expect(now?.kvUsed).toBeCloseTo(0.3);
});

test('everything goes away by itself', async () => {
  await withNotes((note) => note(NOW));
  await queue.statistics.sample({ waiting: 1 }, NOW);
  const redis = server.connect();
  for (const key of await redis.keys(`${prefix}:figures:*`)) expect(await redis.ttl(key)).toBeGreaterThan(0);
  redis.disconnect();
});

test('a reply that is made is counted once, and one that fails is remembered with its words', async () => {
  const worker = queue.startWorker({
    handle: (given, context) => {
      if (given.id === 'test:bad') throw Object.assign(new TypeError('no such wit'), { retry: false });
      return counting(3)(given, context);
    },
  });
  await collect(queue, await submit(queue, 'good'));
  await collect(queue, await submit(queue, 'bad'));
  await until(async () => (await queue.statistics.lastHour()).replies === 2);
  expect(await queue.statistics.failures()).toMatchObject([
    { jobId: 'test:bad', message: 'no such wit', persona: 'wit' },
  ]);
  await worker.close({ handBackAfterMs: 0 });
});
