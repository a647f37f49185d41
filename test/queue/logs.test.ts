import { expect, test } from 'vitest';
import { prefix, queue, server, useQueue } from './fixtures/each.ts';
import { until } from './fixtures/messages.ts';

useQueue();

const line = (msg: string, more: object = {}) => JSON.stringify({ level: 30, time: 1, msg, ...more });
const said = async () => (await queue.logs.read()).map((kept) => kept.line.msg);

test('lines are kept in their order, those of a trace also by it', async () => {
  for (let at = 0; at < 50; at++) queue.logs.write(line(`line ${at}`, at % 10 === 0 ? { trace: 'abc' } : {}));
  await until(async () => (await said()).length === 50);
  expect((await said()).slice(0, 2)).toEqual(['line 49', 'line 48']);
  const ofTrace = await queue.logs.ofTrace('abc');
  expect(ofTrace.map((kept) => kept.line.msg)).toEqual(['line 0', 'line 10', 'line 20', 'line 30', 'line 40']);
  const [newest] = await queue.logs.read({ most: 1 });
  expect((await queue.logs.read({ most: 1, before: newest?.id ?? '' }))[0]?.line.msg).toBe('line 48');
});

test('their number is bounded, and a trace’s lines go by themselves', async () => {
  for (let round = 0; round < 13; round++) {
    for (let at = 0; at < 1000; at++) queue.logs.write(line('x', { trace: 'abc' }));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const redis = server.connect();
  await until(async () => (await redis.xlen(`${prefix}:logs`)) >= 10_000);
  expect(await redis.xlen(`${prefix}:logs`)).toBeLessThan(10_200);
  expect(await redis.xlen(`${prefix}:trace:abc:logs`)).toBe(200);
  expect(await redis.ttl(`${prefix}:trace:abc:logs`)).toBeGreaterThan(0);
  redis.disconnect();
});

test('what is no log line harms nobody', async () => {
  queue.logs.write('x'.repeat(20_000));
  queue.logs.write(line('good'));
  await until(async () => (await said()).length > 0);
  expect(await said()).toEqual(['good']);
});

test('a tail gives what comes, and ends with its signal', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const kept of queue.logs.tail(controller.signal)) seen.push(kept.line.msg);
  })();
  await until(() => {
    queue.logs.write(line('new'));
    return seen.length > 0;
  });
  controller.abort();
  await reading;
});
