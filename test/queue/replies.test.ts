import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openQueue, type Queue, type QueueWorker } from '../../queue/index.ts';
import {
  collect,
  counted,
  counting,
  endOf,
  message,
  sleep,
  submit,
  textOf,
  tokensOf,
  until,
} from './fixtures/messages.ts';
import { gate } from './fixtures/script.ts';
import { Server } from './fixtures/server.ts';

let server: Server;
let queue: Queue;
let worker: QueueWorker | undefined;

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  queue = openQueue({ redis: server.handle, prefix: randomUUID() });
});
afterEach(async () => {
  await worker?.close({ handBackAfterMs: 0 });
  worker = undefined;
  await queue.close();
});

describe('a reply', () => {
  test('comes in pieces, has an end, and joins the conversation', async () => {
    worker = queue.startWorker({ handle: counting(20) });
    const jobId = await submit(queue, '1');
    const events = await collect(queue, jobId);
    expect(events[0]).toMatchObject({ type: 'start', attempt: 1, persona: 'wit', model: 'test', promptTokens: 3 });
    expect(textOf(events)).toBe(counted(20));
    expect(tokensOf(events)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(endOf(events)).toMatchObject({ finish: 'stop', text: counted(20), figures: { replyTokens: 20 } });
    const turns = await queue.conversations.read('test:chat');
    expect(turns.map(({ role, text }) => [role, text])).toEqual([
      ['user', 'message 1'],
      ['persona', counted(20)],
    ]);
    expect(turns[1]).toMatchObject({ id: 'test:1:reply', jobId: 'test:1', persona: 'wit' });
  });

  test('sends its first piece at once', async () => {
    const seen = gate();
    worker = queue.startWorker({
      handle: async (_job, { publish }) => {
        await publish('first', [1]);
        // Nothing more comes before somebody has seen it.
        await seen.opened();
        return { finish: 'stop', text: 'first' };
      },
    });
    const jobId = await submit(queue);
    const types: string[] = [];
    for await (const { type } of queue.follow(jobId)) {
      types.push(type);
      if (type === 'piece') seen.open();
    }
    expect(types).toEqual(['piece', 'end']);
  });

  test('does not join a conversation that was reset meanwhile', async () => {
    worker = queue.startWorker({ handle: counting(10, 20) });
    const jobId = await submit(queue);
    for await (const { type } of queue.follow(jobId)) {
      if (type === 'piece') await queue.conversations.clear('test:chat');
    }
    expect(await queue.conversations.read('test:chat')).toEqual([]);
  });
});

describe('the same message', () => {
  test('twice in a row is one turn, one job, one reply', async () => {
    const { turn, job } = message('7');
    expect(await queue.submit(turn, job)).toEqual({ jobId: 'test:7', duplicate: false });
    expect(await queue.submit(turn, job)).toEqual({ jobId: 'test:7', duplicate: true });
    let runs = 0;
    worker = queue.startWorker({
      handle: async (...args) => {
        runs++;
        return counting(3)(...args);
      },
    });
    await collect(queue, 'test:7');
    await sleep(50);
    expect(await queue.submit(turn, job)).toEqual({ jobId: 'test:7', duplicate: true });
    await sleep(100);
    expect(runs).toBe(1);
    expect(await queue.conversations.read('test:chat')).toHaveLength(2);
  });

  test('fifty times at once is one of each', async () => {
    let runs = 0;
    worker = queue.startWorker({
      concurrency: 4,
      handle: async (...args) => {
        runs++;
        return counting(3)(...args);
      },
    });
    const { turn, job } = message('8');
    const submitted = await Promise.all(Array.from({ length: 50 }, () => queue.submit(turn, job)));
    expect(submitted.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(endOf(await collect(queue, 'test:8')).text).toBe(counted(3));
    // A job is over a moment after its reply.
    await until(async () => (await queue.counts()).active === 0);
    await sleep(100);
    expect(runs).toBe(1);
    expect(await queue.conversations.read('test:chat')).toHaveLength(2);
    expect(await queue.counts()).toEqual({ waiting: 0, active: 0, delayed: 0 });
  });

  test('heals a submit that died before its job was added', async () => {
    const { turn, job } = message('9');
    await queue.submit(turn, job);
    const redis = server.connect();
    const keys = (await redis.keys('*:jobs:*')).filter((key) => /:(prioritized|test%3A9|marker)$/.test(key));
    await redis.del(...keys);
    redis.disconnect();
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
    expect((await queue.submit(turn, job)).duplicate).toBe(true);
    worker = queue.startWorker({ handle: counting(2) });
    expect(endOf(await collect(queue, 'test:9')).finish).toBe('stop');
    expect(await queue.conversations.read('test:chat')).toHaveLength(2);
  });
});

test('ten jobs at once are all answered, each with its own reply', async () => {
  worker = queue.startWorker({
    concurrency: 10,
    handle: async ({ id }) => ({ finish: 'stop', text: `reply to ${id}` }),
  });
  const ids = Array.from({ length: 10 }, (_, at) => String(at));
  const jobIds = await Promise.all(ids.map((id) => submit(queue, id, id)));
  const all = await Promise.all(jobIds.map((jobId) => collect(queue, jobId)));
  expect(all.map((events) => endOf(events).text)).toEqual(jobIds.map((id) => `reply to ${id}`));
});

test('position counts those before, and oneself', async () => {
  for (const id of ['a', 'b', 'c']) await submit(queue, id);
  expect(await queue.position('test:a')).toBe(1);
  expect(await queue.position('test:c')).toBe(3);
  expect(await queue.position('test:unknown')).toBe(0);
  expect(await queue.counts()).toEqual({ waiting: 3, active: 0, delayed: 0 });
});

test('what does not fit the contract is refused', async () => {
  const { turn, job } = message();
  await expect(queue.submit({ ...turn, text: 'x'.repeat(16_001) }, job)).rejects.toMatchObject({
    code: 'WISECRACK_JOB_INVALID',
  });
  await expect(queue.submit(turn, { ...job, id: 'no-platform' })).rejects.toThrow('job: id: must be made of');
  await expect(queue.submit(turn, { ...job, turnId: 'another' })).rejects.toThrow('is not the turn');
});
