import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openQueue, type Queue } from '../../queue/index.ts';
import { until } from './fixtures/messages.ts';
import { Server } from './fixtures/server.ts';

let server: Server;
let queues: Queue[];
let prefix: string;

const open = () => {
  const queue = openQueue({ redis: server.handle, prefix });
  queues.push(queue);
  return queue;
};

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  prefix = randomUUID();
  queues = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(queues.map((queue) => queue.close()));
});

test('only one holds it, and the next one gets it when it is released', async () => {
  const [leaseMs, key, redis] = [60_000, `${prefix}:lease:poll`, server.connect()];
  // Time in which it is renewed passes as the test likes; Redis has its own.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const first = await open().leases.take('poll', { leaseMs });
  let second: unknown;
  const waiting = open()
    .leases.take('poll', { leaseMs: 1000 })
    .then((lease) => {
      second = lease;
      return lease;
    });
  // Longer than the lease: it is renewed.
  for (let passed = 0; passed < 1.5 * leaseMs; passed += leaseMs / 5) {
    await redis.pexpire(key, leaseMs / 2);
    vi.advanceTimersByTime(leaseMs / 5);
    await until(async () => (await redis.pttl(key)) > leaseMs / 2);
  }
  redis.disconnect();
  expect(second).toBeUndefined();
  expect(first.lost.aborted).toBe(false);
  await first.release();
  expect(first.lost.aborted).toBe(true);
  await (await waiting).release();
});

test('leases of other names do not matter', async () => {
  const { leases } = open();
  const held = await Promise.all([leases.take('a'), leases.take('b')]);
  expect(held.map(({ lost }) => lost.aborted)).toEqual([false, false]);
  await Promise.all(held.map((lease) => lease.release()));
});

test('one whose holder has died is taken over, and the old one may not release it', async () => {
  const [dead, alive] = [open(), open()];
  const old = await dead.leases.take('poll', { leaseMs: 1000 });
  const redis = server.connect();
  await redis.set(`${prefix}:lease:poll`, 'somebody', 'PX', 500);
  const lease = await alive.leases.take('poll', { leaseMs: 600_000 });
  await until(() => old.lost.aborted);
  await old.release();
  expect(lease.lost.aborted).toBe(false);
  expect(await redis.get(`${prefix}:lease:poll`)).not.toBeNull();
  await lease.release();
  redis.disconnect();
});

test('it is lost while Redis is away', async () => {
  const own = await Server.start();
  const queue = openQueue({ redis: own.handle, prefix });
  const lease = await queue.leases.take('poll', { leaseMs: 1000 });
  await own.kill();
  await until(() => lease.lost.aborted);
  await queue.close();
  await own.stop();
});

test('waiting for it can be ended', async () => {
  const lease = await open().leases.take('poll');
  const enough = new AbortController();
  const waiting = open().leases.take('poll', { signal: enough.signal });
  enough.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  await lease.release();
});
