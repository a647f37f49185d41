import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openQueue, type Queue, type QueueWorker } from '../../queue/index.ts';
import { keysOf } from '../../queue/keys.ts';
import { loadScripts } from '../../queue/scripts.ts';
import { compile, killFixtures, removeCompiled, runFixture } from './fixtures/compiled.ts';
import { collect, counted, counting, endOf, sleep, submit, textOf, tokensOf, until } from './fixtures/messages.ts';
import { Server } from './fixtures/server.ts';

let server: Server;
let prefix: string;
let queue: Queue;
let workers: QueueWorker[];

beforeAll(async () => {
  await compile();
  server = await Server.start();
});
afterAll(async () => {
  await server.stop();
  removeCompiled();
});
beforeEach(() => {
  prefix = randomUUID();
  workers = [];
  queue = openQueue({ redis: server.handle, prefix });
});
afterEach(async () => {
  killFixtures();
  await Promise.all(workers.map((worker) => worker.close({ handBackAfterMs: 0 })));
  await queue.close();
});

const startWorker = (...args: Parameters<Queue['startWorker']>) => {
  const worker = queue.startWorker(...args);
  workers.push(worker);
  return worker;
};

test('a worker killed in mid-reply is followed by another within 10 s; every piece comes exactly once', async () => {
  // A word a second: it is not through before it is killed, however slow we are.
  const { child } = await runFixture('worker', [server.path, prefix, '30', '1000']);
  const jobId = await submit(queue);
  const following = collect(queue, jobId);
  const seen: string[] = [];
  for await (const event of queue.follow(jobId)) {
    if (event.type === 'piece') seen.push(event.text);
    if (seen.length === 2) break;
  }
  startWorker({ handle: counting(30, 5) });
  child.kill('SIGKILL');
  const waited = stopwatch();
  let tookMs = Number.POSITIVE_INFINITY;
  for await (const event of queue.follow(jobId)) if (event.type === 'start' && event.attempt === 2) tookMs = waited();
  const events = await following;
  console.log(`takeover after ${tookMs} ms`);
  expect(tookMs).toBeLessThan(10_000);
  expect(textOf(events)).toBe(counted(30));
  expect(tokensOf(events)).toEqual(Array.from({ length: 30 }, (_, at) => at));
  expect(endOf(events).text).toBe(counted(30));
  expect(await queue.conversations.read('test:chat')).toHaveLength(2);
});

/** Counts ms, but for those in which this process was not let run: that a machine is busy is no delay of the queue's. */
function stopwatch(): () => number {
  const [began, tickMs] = [performance.now(), 50];
  let [last, stalled] = [began, 0];
  const timer = setInterval(() => {
    const now = performance.now();
    stalled += Math.max(0, now - last - 2 * tickMs);
    last = now;
  }, tickMs);
  return () => {
    clearInterval(timer);
    return Math.round(performance.now() - began - stalled);
  };
}

test('a job that kills its workers ends in an apology', async () => {
  const jobId = await submit(queue);
  const redis = server.connect();
  // Three workers died on it: told by their count, since dying four times takes half a minute.
  await redis.hset(`${prefix}:jobs:${encodeURIComponent(jobId)}`, 'stc', 4);
  redis.disconnect();
  let handled = 0;
  startWorker({
    handle: async () => {
      handled++;
      return { finish: 'stop', text: '' };
    },
    apologise: (_job, error) => `Sorry: ${(error as Error).name}`,
  });
  const end = endOf(await collect(queue, jobId));
  expect(end).toMatchObject({ finish: 'failed', text: 'Sorry: StalledTooOften', error: { code: 'StalledTooOften' } });
  expect(handled).toBe(0);
});

test('a job in a form that we do not know ends in an apology', async () => {
  const jobId = await submit(queue);
  const redis = server.connect();
  await redis.hset(`${prefix}:jobs:${encodeURIComponent(jobId)}`, 'data', '{"version":99}');
  redis.disconnect();
  startWorker({ handle: counting(3) });
  const end = endOf(await collect(queue, jobId));
  expect(end).toMatchObject({ finish: 'failed', error: { code: 'WISECRACK_JOB_INVALID' } });
});

test('an attempt that lost its job can publish nothing more, and does not end the reply', async () => {
  const handled: string[] = [];
  let wake = () => {};
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  startWorker({
    handle: async (_job, { publish, signal }) => {
      await publish('a', [1]);
      await asleep;
      await publish('zombie', [666]);
      handled.push(`aborted: ${signal.reason?.why}`);
      return { finish: 'stop', text: 'zombie' };
    },
  });
  const jobId = await submit(queue);
  const following = collect(queue, jobId);
  for await (const event of queue.follow(jobId)) if (event.type === 'piece') break;
  // Another worker has BullMQ's lock now, and begins.
  const redis = server.connect();
  const [keys, run] = [keysOf(prefix), loadScripts(redis)];
  await redis.set(keys.lock(jobId), 'other');
  const begun = await run('begin-attempt', [keys.record(jobId), keys.lock(jobId), keys.clock], ['other', 60]);
  expect(begun).toEqual(['begun', 2, 1, 0]);
  wake();
  await until(() => handled.length === 1);
  await sleep(100);
  expect(handled).toEqual(['aborted: lost']);
  expect(await redis.xlen(keys.stream(jobId))).toBe(1);
  expect(await run('begin-attempt', [keys.record(jobId), keys.lock(jobId), keys.clock], ['zombie', 60])).toEqual([
    'lost',
  ]);
  const fields = ['type', 'piece', 'text', 'b', 'tokens', '2'];
  await run('publish-event', [keys.record(jobId), keys.stream(jobId)], [2, 1, 60, ...fields]);
  // The same call again, as after a lost connection.
  await run('publish-event', [keys.record(jobId), keys.stream(jobId)], [2, 1, 60, ...fields]);
  await redis.del(keys.lock(jobId));
  redis.disconnect();
  expect(await queue.cancel(jobId)).toBe('waiting');
  expect(textOf(await following)).toBe('ab');
});

test('a worker killed between the end of a reply and the completion of its job leaves one turn', async () => {
  startWorker({ handle: counting(3) });
  const jobId = await submit(queue);
  await collect(queue, jobId);
  await until(async () => (await queue.counts()).active === 0);
  // What such a death leaves: an ended reply, and a job that waits for its next attempt.
  const redis = server.connect();
  const id = encodeURIComponent(jobId);
  await redis.zrem(`${prefix}:jobs:completed`, id);
  await redis.lpush(`${prefix}:jobs:wait`, id);
  await redis.zadd(`${prefix}:jobs:marker`, 0, '0');
  await until(async () => (await redis.zscore(`${prefix}:jobs:completed`, id)) !== null);
  redis.disconnect();
  expect(await queue.conversations.read('test:chat')).toHaveLength(2);
  expect((await collect(queue, jobId)).filter(({ type }) => type === 'end')).toHaveLength(1);
});

test('Redis killed and started again while a reply streams: nothing is lost, nothing comes twice', async () => {
  startWorker({ handle: counting(100, 10) });
  const jobId = await submit(queue);
  const following = collect(queue, jobId);
  for (const pause of [200, 300]) {
    await sleep(pause);
    await server.kill();
    await sleep(300);
    await server.start();
  }
  const events = await following;
  expect(textOf(events)).toBe(counted(100));
  expect(tokensOf(events)).toEqual(Array.from({ length: 100 }, (_, at) => at));
  expect(endOf(events).text).toBe(counted(100));
  expect(await queue.conversations.read('test:chat')).toHaveLength(2);
  // And the queue goes on.
  expect(endOf(await collect(queue, await submit(queue))).finish).toBe('stop');
});
