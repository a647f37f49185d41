import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openQueue, type Queue, type QueueWorker } from '../../queue/index.ts';
import { collect, counted, counting, endOf, message, sleep, submit } from './fixtures/messages.ts';
import { Server } from './fixtures/server.ts';

let server: Server;
let queue: Queue;
let worker: QueueWorker;
/** Ids of the jobs in the order in which they began, and how many of them ran at once at most. */
const begun: string[] = [];
let running = 0;
let most = 0;

beforeAll(async () => {
  server = await Server.start();
  queue = openQueue({ redis: server.handle });
  worker = queue.startWorker({
    concurrency: 8,
    handle: async (job, context) => {
      begun.push(job.id);
      most = Math.max(most, ++running);
      try {
        return await counting(10, 20)(job, context);
      } finally {
        running--;
      }
    },
  });
  await worker.ready();
});
afterAll(async () => {
  await worker.close({ handBackAfterMs: 0 });
  await queue.close();
  await server.stop();
});

async function submitAfter(after: string, id: string = randomUUID()): Promise<string> {
  const { turn, job } = message(id);
  return (await queue.submit(turn, { ...job, after })).jobId;
}

describe('a job that comes after another', () => {
  test('begins when that one is over, though workers are free', async () => {
    most = 0;
    const first = await submit(queue, 'a1');
    const second = await submitAfter(first, 'a2');
    const third = await submitAfter(second, 'a3');
    for (const id of [third, second, first]) expect(endOf(await collect(queue, id)).text).toBe(counted(10));
    expect(begun).toEqual(['test:a1', 'test:a2', 'test:a3']);
    expect(most).toBe(1);
  });

  test('does not wait for one that nobody knows any more', async () => {
    expect(endOf(await collect(queue, await submitAfter('test:long-gone'))).finish).toBe('stop');
  });

  test('begins when that one is cancelled', async () => {
    const first = await submit(queue);
    const second = await submitAfter(first);
    await sleep(50);
    await queue.cancel(first);
    expect(endOf(await collect(queue, second)).finish).toBe('stop');
  });

  test('can be cancelled while it waits for its turn', async () => {
    const first = await submit(queue);
    const second = await submitAfter(first, 'never');
    await sleep(50);
    await queue.cancel(second);
    expect(endOf(await collect(queue, second)).finish).toBe('cancelled');
    expect(begun).not.toContain('test:never');
    expect(endOf(await collect(queue, first)).text).toBe(counted(10));
  });

  test('is not counted as tried while it waits', async () => {
    const first = await submit(queue);
    const waiting = Array.from({ length: 3 }, () => submitAfter(first));
    for (const id of await Promise.all(waiting)) {
      const starts = (await collect(queue, id)).filter(({ type }) => type === 'start');
      expect(starts).toMatchObject([{ attempt: 1 }]);
    }
  });
});
