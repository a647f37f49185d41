import { afterEach, expect, test } from 'vitest';
import { effective, type QueueWorker } from '../../../queue/index.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';
import { collect, counting, message, until } from '../fixtures/messages.ts';

useQueue();
let worker: QueueWorker | undefined;

afterEach(async () => {
  await worker?.close({ handBackAfterMs: 0 });
  worker = undefined;
});

const SECRET = 'my cat is called Schnurzel';
/** Noon on some day: tokens are counted by the day, and these are all of one. */
const NOON = 20_000.5 * 24 * 60 * 60 * 1000;

/** Somebody asks, as a bot would let them. */
async function ask(id: string, user: string, chat = 'chat', more: { jobId?: string; text?: string } = {}) {
  const { turn, job } = message(id, chat);
  const author = { id: user, name: user };
  return queue.submit(
    { ...turn, author, text: more.text ?? SECRET },
    { ...job, ...(more.jobId && { id: more.jobId }) },
  );
}
const ids = async (chat: string) => (await queue.conversations.read(`test:${chat}`)).map(({ id }) => id);

/** All that lies in Redis, as text. */
async function dump(): Promise<string> {
  const redis = server.connect();
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  const found: unknown[] = [];
  for (const key of await redis.keys(`${prefix}:*`)) found.push([key, await readers[await redis.type(key)]?.(key)]);
  redis.disconnect();
  return JSON.stringify(found, null, 1);
}

async function aFullLife(): Promise<void> {
  worker = queue.startWorker({
    handle: async (_job, { conversation, publish }) => {
      const text = `you said: ${(await conversation.read()).at(-1)?.text}`;
      await publish(text, [1]);
      return { finish: 'stop', text };
    },
  });
  await queue.rules.change('user:test:ann', { locale: 'zh' }, 'test:ann');
  for (const [id, user, chat] of [
    ['1', 'test:ann', 'chat'],
    ['2', 'test:bob', 'chat'],
    ['3', 'test:ann', 'chat'],
    ['4', 'test:ann', 'other'],
  ] as const) {
    await queue.limits.take({ job: `test:${id}`, user, rules: effective([]) });
    await collect(queue, (await ask(id, user, chat, user === 'test:bob' ? { text: 'hello' } : {})).jobId);
    await queue.limits.spend({ job: `test:${id}`, user, tokens: 100, now: NOON });
  }
  // Asked anew: a second job for the same question.
  await collect(queue, (await ask('3', 'test:ann', 'chat', { jobId: 'test:3:again' })).jobId);
  await queue.feedback.vote('test:1', 'test:ann', 1);
  await queue.feedback.vote('test:1', 'test:bob', 1);
}

test('it is told what is stored of a person', async () => {
  await aFullLife();
  expect(await queue.privacy.describe('test:ann')).toEqual({
    ...{ conversations: 2, turns: 3, replies: 4, settings: { locale: 'zh' }, votes: 1, tokensToday: 300 },
    ...{ repliesStaySeconds: 86_400, recordsStaySeconds: 172_800 },
  });
  expect(await queue.privacy.describe('test:nobody')).toMatchObject({
    conversations: 0,
    turns: 0,
    replies: 0,
    settings: {},
  });
});

test('a person can be erased, and the others stay', async () => {
  await aFullLife();
  expect(await dump()).toContain('Schnurzel');
  expect(await queue.privacy.erase('test:ann')).toEqual({ turns: 7, votes: 1 });
  expect(await ids('chat')).toEqual(['test:2', 'test:2:reply']);
  expect(await ids('other')).toEqual([]);
  expect(await queue.privacy.describe('test:ann')).toMatchObject({
    ...{ conversations: 0, turns: 0, replies: 0, settings: {}, votes: 0 },
    // Not a way around the quota.
    tokensToday: 300,
  });
  expect(Object.fromEntries(await queue.feedback.counts())).toEqual({ wit: { up: 1, down: 0 } });
  const left = await dump();
  // Neither in the streams of replies, nor in the audit.
  expect(left).not.toContain('Schnurzel');
  expect(left.match(/"[^"]*test:ann[^"]*"/g)?.sort()).toEqual([
    `"${prefix}:limit:user:test:ann:minute"`,
    `"${prefix}:limit:user:test:ann:tokens"`,
  ]);
  expect(await queue.privacy.erase('test:ann')).toEqual({ turns: 0, votes: 0 });
});

test('a text that is cut in the middle of a character is erased like any other', async () => {
  await ask('1', 'test:ann', 'chat', { text: `${SECRET} \ud83d` });
  await ask('2', 'test:ann', 'chat', { text: String.raw`${SECRET} \ud83d` });
  await ask('3', 'test:bob', 'chat', { text: 'half a \ude00' });
  expect(await queue.privacy.erase('test:ann')).toEqual({ turns: 2, votes: 0 });
  expect(await ids('chat')).toEqual(['test:3']);
});

test('a message that is delivered again after that stays erased', async () => {
  await aFullLife();
  await queue.privacy.erase('test:ann');
  expect((await ask('1', 'test:ann')).duplicate).toBe(true);
  expect(await ids('chat')).toEqual(['test:2', 'test:2:reply']);
});

test('a reply in the making reaches its end, and is not kept', async () => {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  worker = queue.startWorker({
    handle: async (job, context) => {
      await gone;
      return counting(2)(job, context);
    },
  });
  const { jobId } = await ask('1', 'test:ann');
  const following = collect(queue, jobId);
  await until(async () => (await queue.counts()).active === 1);
  expect(await queue.privacy.erase('test:ann')).toEqual({ turns: 1, votes: 0 });
  go();
  expect((await following).at(-1)).toMatchObject({ type: 'end', finish: 'stop' });
  expect(await ids('chat')).toEqual([]);
});

test('who is erased while they speak loses what came before and keeps what comes after', async () => {
  await Promise.all([
    ...Array.from({ length: 40 }, (_, at) => ask(String(at), 'test:ann')),
    queue.privacy.erase('test:ann'),
    ...Array.from({ length: 40 }, (_, at) => ask(`late ${at}`.replace(' ', '-'), 'test:ann')),
  ]);
  // Whatever is left is still found, and can be erased.
  const { turns } = await queue.privacy.describe('test:ann');
  expect(await ids('chat')).toHaveLength(turns);
  expect(await queue.privacy.erase('test:ann')).toEqual({ turns, votes: 0 });
  expect(await ids('chat')).toEqual([]);
});
