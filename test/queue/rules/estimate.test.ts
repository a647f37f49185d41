import { afterEach, expect, test } from 'vitest';
import { effective, type Handler, type QueueWorker } from '../../../queue/index.ts';
import { keysOf } from '../../../queue/keys.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';
import { collect, submit, until } from '../fixtures/messages.ts';

useQueue();
let workers: QueueWorker[] = [];

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.close({ handBackAfterMs: 0 })));
  workers = [];
});

const work = (handle: Handler, concurrency = 1) => workers.push(queue.startWorker({ handle, concurrency }));
const beat = (id: string, more: object = {}) =>
  queue.heartbeats.beat({ id, kind: 'worker', name: id, startedAt: 1, ...more }, 60_000);
/** A handler whose replies took what they say: the test need not wait for them. */
const taking =
  (...durations: number[]): Handler =>
  async () => ({ finish: 'stop', text: 'x', figures: { totalMs: durations.shift() ?? 0 } });

test('nothing is known before a reply has ended, or when nobody works', async () => {
  expect(await queue.estimate(1)).toBeUndefined();
  await beat('w1');
  expect(await queue.estimate(1)).toBeUndefined();
  work(taking(1000));
  await collect(queue, await submit(queue));
  expect(await queue.estimate(1)).toBe(1000);
  await queue.heartbeats.stop('w1');
  expect(await queue.estimate(1)).toBeUndefined();
  expect(await queue.estimate(0)).toBe(0);
});

test('the pace is that of the latest replies', async () => {
  await beat('w1', { slots: 1 });
  work(taking(1000, 2000, 2000));
  for (const expected of [1000, 1200, 1360]) {
    await collect(queue, await submit(queue));
    expect(await queue.estimate(1)).toBe(expected);
  }
});

test('the wait grows with the position, and shrinks with the places of all workers', async () => {
  await beat('w1', { slots: 3 });
  work(taking(1000));
  await collect(queue, await submit(queue));
  expect(await queue.estimate(6)).toBe(2000);
  await beat('w2', { slots: 1 });
  await beat('bot', { kind: 'adapter', slots: 50 });
  expect(await queue.estimate(6)).toBe(1500);
});

test('workers that do not say how many places they have are counted by what they do', async () => {
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  await beat('w1');
  work(taking(1000));
  await collect(queue, await submit(queue));
  await workers.pop()?.close();
  work(async () => {
    await finished;
    return { finish: 'stop', text: 'x' };
  }, 4);
  for (let at = 0; at < 4; at++) await submit(queue);
  await until(async () => (await queue.counts()).active === 4);
  expect(await queue.estimate(4)).toBe(1000);
  finish();
});

test('a reply that was cancelled before it began says nothing about the pace', async () => {
  await beat('w1');
  expect(await queue.cancel(await submit(queue))).toBe('waiting');
  expect(await queue.estimate(1)).toBeUndefined();
});

test('who is refused by a full queue is told when there will be room', async () => {
  await beat('w1', { slots: 1 });
  const redis = server.connect();
  await redis.set(keysOf(prefix).pace, '2500.000');
  redis.disconnect();
  await submit(queue);
  const rules = { ...effective([]), longestQueue: 1 };
  expect(await queue.limits.take({ job: 'test:next', user: 'test:ann', rules })).toEqual({
    refused: 'queue-full',
    retryAfterMs: 2500,
  });
});
