import { expect, test } from 'vitest';
import { type DeliveryRecord, StaleAttempt } from '../../queue/index.ts';
import { prefix, queue, server, useQueue } from './fixtures/each.ts';
import { sleep, until } from './fixtures/messages.ts';

useQueue();

const HOUR = 3_600_000;
const record = (id = '1'): DeliveryRecord => ({
  jobId: `test:${id}`,
  platform: 'test',
  place: { channel: 'c', replyTo: 'q', extra: { thread: 't' } },
  persona: 'wit',
  note: { author: 'u' },
  at: 1,
});
const part = { nonce: 'n', generation: 0 };

async function due(): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of queue.deliveries.due('test')) ids.push(id);
  return ids;
}

test('the same delivery twice is one, and its first owner keeps it', async () => {
  const opened = await queue.deliveries.open(record(), 'a', HOUR);
  expect(opened).toEqual({ delivery: record(), parts: [], dropped: false });
  expect(await queue.deliveries.open({ ...record(), at: 2 }, 'b', HOUR)).toBe('known');
  // Sent again after a lost connection.
  expect(await queue.deliveries.open({ ...record(), at: 2 }, 'a', HOUR)).toEqual(opened);
  expect(await queue.deliveries.claim('test:1', 'b', HOUR)).toBeUndefined();
  expect(await due()).toEqual([]);
});

test('what is written comes out again, and the message leads to its job', async () => {
  await queue.deliveries.open(record(), 'a', HOUR);
  const owned = queue.deliveries.owned('test:1', 'a', HOUR);
  await owned.part(0, part);
  await owned.shown(0, { ...part, message: 'm0', settled: 's' });
  await owned.part(2, { ...part, gone: true });
  await owned.final({ text: 'All.', finish: 'stop', at: 5 });
  expect(await queue.deliveries.read('test:1')).toEqual({
    delivery: record(),
    parts: [{ ...part, message: 'm0', settled: 's' }, undefined, { ...part, gone: true }],
    dropped: false,
    final: { text: 'All.', finish: 'stop', at: 5 },
  });
  expect(await queue.deliveries.jobOf('test', 'm0')).toBe('test:1');
  expect(await queue.deliveries.jobOf('other', 'm0')).toBeUndefined();
  await owned.part(2, undefined);
  expect((await queue.deliveries.read('test:1'))?.parts).toHaveLength(1);
});

test('an owner who does not renew is followed by one who can write, and can write no more', async () => {
  await queue.deliveries.open(record(), 'a', 50);
  const [old, next] = [queue.deliveries.owned('test:1', 'a', 50), queue.deliveries.owned('test:1', 'b', HOUR)];
  await old.part(0, part);
  await until(async () => (await due()).includes('test:1'));
  expect((await queue.deliveries.claim('test:1', 'b', HOUR))?.parts).toEqual([part]);
  for (const write of [
    () => old.renew(),
    () => old.part(1, part),
    () => old.shown(0, { ...part, message: 'zombie' }),
    () => old.final({ text: '', finish: 'stop', at: 1 }),
    () => old.end({ type: 'delivered' }),
  ]) {
    await expect(write()).rejects.toThrow(StaleAttempt);
  }
  await old.release();
  expect(await queue.deliveries.claim('test:1', 'c', HOUR)).toBeUndefined();
  expect((await queue.deliveries.read('test:1'))?.parts).toEqual([part]);
  expect(await next.renew()).toBe(false);
});

test('an owner who was slow goes on when nobody has come', async () => {
  await queue.deliveries.open(record(), 'a', 10);
  await sleep(50);
  expect(await queue.deliveries.owned('test:1', 'a', HOUR).renew()).toBe(false);
  expect(await queue.deliveries.claim('test:1', 'b', HOUR)).toBeUndefined();
});

test('of many who claim at once, one gets it', async () => {
  await queue.deliveries.open(record(), 'a', HOUR);
  await queue.deliveries.owned('test:1', 'a', HOUR).release();
  expect(await due()).toEqual(['test:1']);
  const claims = await Promise.all(
    Array.from({ length: 20 }, (_, at) => queue.deliveries.claim('test:1', `t${at}`, HOUR)),
  );
  expect(claims.filter((state) => state !== undefined)).toHaveLength(1);
});

test("a delivery that is over is nobody's, and keeps its messages but not its text", async () => {
  await queue.deliveries.open(record(), 'a', HOUR);
  const owned = queue.deliveries.owned('test:1', 'a', HOUR);
  await owned.shown(0, { ...part, message: 'm0' });
  await owned.final({ text: 'All.', finish: 'stop', at: 5 });
  expect(await owned.end({ type: 'delivered' })).toBe(true);
  // Sent again after a lost connection.
  expect(await owned.end({ type: 'delivered' })).toBe(true);
  expect(await queue.deliveries.open(record(), 'b', HOUR)).toBe('over');
  expect(await queue.deliveries.claim('test:1', 'b', HOUR)).toBeUndefined();
  expect(await due()).toEqual([]);
  const state = await queue.deliveries.read('test:1');
  expect(state).toEqual({
    delivery: record(),
    parts: [{ ...part, message: 'm0' }],
    dropped: false,
    outcome: { type: 'delivered' },
  });
});

test('a drop is heard by the owner at the next write, and before the end', async () => {
  await queue.deliveries.open(record(), 'a', HOUR);
  const owned = queue.deliveries.owned('test:1', 'a', HOUR);
  expect(await queue.deliveries.drop('test:1')).toBe(true);
  expect(await owned.part(0, part)).toBe(true);
  expect(await owned.end({ type: 'delivered' })).toBe(false);
  expect(await owned.end({ type: 'removed' })).toBe(true);
  expect(await queue.deliveries.drop('test:2')).toBe(false);
});

test('a drop after the end opens the delivery again', async () => {
  await queue.deliveries.open(record(), 'a', HOUR);
  await queue.deliveries.owned('test:1', 'a', HOUR).end({ type: 'delivered' });
  await queue.deliveries.drop('test:1');
  expect(await due()).toEqual(['test:1']);
  expect(await queue.deliveries.claim('test:1', 'b', HOUR)).toMatchObject({ dropped: true });
});

test('what has expired is no longer looked for', async () => {
  await queue.deliveries.open(record(), 'a', HOUR);
  await queue.deliveries.owned('test:1', 'a', HOUR).release();
  const redis = server.connect();
  await redis.del(`${prefix}:delivery:test:1`);
  redis.disconnect();
  expect(await queue.deliveries.claim('test:1', 'b', HOUR)).toBeUndefined();
  expect(await due()).toEqual([]);
});

test('everything goes away by itself', async () => {
  const redis = server.connect();
  await queue.deliveries.open(record(), 'a', HOUR);
  const owned = queue.deliveries.owned('test:1', 'a', HOUR);
  await owned.shown(0, { ...part, message: 'm0' });
  expect(await redis.ttl(`${prefix}:delivery:test:1`)).toBeGreaterThan(0);
  await owned.end({ type: 'delivered' });
  const stay = 14 * 24 * 60 * 60;
  for (const key of [`${prefix}:delivery:test:1`, `${prefix}:message:test:m0`]) {
    expect(await redis.ttl(key)).toBeGreaterThan(stay - 60);
    expect(await redis.ttl(key)).toBeLessThanOrEqual(stay);
  }
  expect(await redis.exists(`${prefix}:deliveries:test`)).toBe(0);
  redis.disconnect();
});

test('hundreds of deliveries without an owner are all found', async () => {
  const ids = Array.from({ length: 450 }, (_, at) => `test:${at}`);
  await Promise.all(
    ids.map(async (jobId) => {
      await queue.deliveries.open({ ...record(), jobId }, 'a', HOUR);
      await queue.deliveries.owned(jobId, 'a', HOUR).release();
    }),
  );
  expect((await due()).sort()).toEqual(ids.sort());
});

test('what is no delivery is refused, and what another version wrote is not guessed at', async () => {
  await expect(queue.deliveries.open({ ...record(), place: { channel: '' } }, 'a', HOUR)).rejects.toMatchObject({
    code: 'WISECRACK_JOB_INVALID',
  });
  await queue.deliveries.open(record(), 'a', HOUR);
  const redis = server.connect();
  await redis.hset(`${prefix}:delivery:test:1`, 'part:0', '{"version":9}');
  redis.disconnect();
  await expect(queue.deliveries.read('test:1')).rejects.toMatchObject({ code: 'WISECRACK_JOB_INVALID' });
});
