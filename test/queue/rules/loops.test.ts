import { expect, test } from 'vitest';
import { decide, type Facts } from '../../../bots/chat/access/index.ts';
import { effective } from '../../../queue/index.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';

useQueue();

const HOUR = 60 * 60 * 1000;
const NOON = 20_000.5 * 24 * HOUR;
const GENERAL = 'test:general';
const bot = (id: string, channel = GENERAL) => queue.loops.note(channel, { id, bot: true, now: NOON });

test('bots count in a row until a person speaks, in each channel for itself', async () => {
  expect(await bot('1')).toEqual({ botTurns: 1, botRepliesThisHour: 0 });
  expect((await bot('2')).botTurns).toBe(2);
  expect((await bot('3', 'test:other')).botTurns).toBe(1);
  expect(await queue.loops.note(GENERAL, { id: '4', bot: false, now: NOON })).toEqual({
    botTurns: 0,
    botRepliesThisHour: 0,
  });
  expect((await bot('5')).botTurns).toBe(1);
  expect((await queue.loops.read('test:other', NOON)).botTurns).toBe(1);
});

test('a message that is delivered twice counts once, also at the same time', async () => {
  await Promise.all(Array.from({ length: 50 }, (_, at) => bot(String(at % 5))));
  expect((await queue.loops.read(GENERAL, NOON)).botTurns).toBe(5);
  await Promise.all(
    Array.from({ length: 50 }, (_, at) => queue.loops.replied(GENERAL, { job: `j${at % 7}`, now: NOON })),
  );
  expect((await queue.loops.read(GENERAL, NOON)).botRepliesThisHour).toBe(7);
});

test('replies to bots are counted for an hour, and people do not reset them', async () => {
  await queue.loops.replied(GENERAL, { job: 'a', now: NOON });
  await queue.loops.replied(GENERAL, { job: 'b', now: NOON + HOUR / 2 });
  await queue.loops.note(GENERAL, { id: '1', bot: false, now: NOON + HOUR / 2 });
  expect((await queue.loops.read(GENERAL, NOON + HOUR - 1)).botRepliesThisHour).toBe(2);
  expect((await queue.loops.read(GENERAL, NOON + HOUR)).botRepliesThisHour).toBe(1);
  expect((await queue.loops.read(GENERAL, NOON + 2 * HOUR)).botRepliesThisHour).toBe(0);
});

/** How many replies another bot gets that answers each of ours after `pauseMs`, within a day. */
async function repliesTo(pauseMs: number, personEvery: number): Promise<number> {
  const rules = effective([{ bots: 'allow' }]);
  const them: Omit<Facts, 'botTurns' | 'botRepliesThisHour'> = {
    ...{ user: 'test:bot', roles: [], channels: [GENERAL], isBot: true },
    ...{ isSelf: false, canManage: false, isOurErrorText: false },
  };
  let replies = 0;
  for (let at = 0; at * pauseMs < 24 * HOUR && at < 300; at++) {
    const now = NOON + at * pauseMs;
    if (at % personEvery === 0) await queue.loops.note(GENERAL, { id: `p${at}`, bot: false, now });
    const loop = await queue.loops.note(GENERAL, { id: `b${at}`, bot: true, now });
    if (decide(rules, { ...them, ...loop }) !== 'answer') continue;
    replies++;
    await queue.loops.replied(GENERAL, { job: `j${at}`, now });
  }
  return replies;
}

test('a quick loop ends after three replies', async () => {
  expect(await repliesTo(1000, 1000)).toBe(3);
});

test('a loop that people keep alive ends after ten replies an hour', async () => {
  expect(await repliesTo(5000, 2)).toBe(10);
});

test('nothing of it stays for ever', async () => {
  await bot('1');
  await queue.loops.replied(GENERAL, { job: 'a' });
  const redis = server.connect();
  const keys = await redis.keys(`${prefix}:loop:*`);
  expect(keys).toHaveLength(2);
  for (const key of keys) expect(await redis.pttl(key), key).toBeGreaterThan(0);
  redis.disconnect();
});
