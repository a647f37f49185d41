import { expect, test } from 'vitest';
import { until } from '../queue/fixtures/messages.ts';
import { gate } from '../queue/fixtures/script.ts';
import type { Client } from './fixtures/client.ts';
import { owner, stage, useStage } from './fixtures/each.ts';

useStage();

test('a reply is seen as it grows, by those who may with its text, and its end', async () => {
  const pause = gate();
  stage.scripted.handleWith(async ({ publish, start }) => {
    start({ model: 'scripted', promptTokens: 7 });
    await publish('Once upon ', [1, 2]);
    await pause.opened();
    await publish('a time.', [3]);
    return { finish: 'stop', text: 'Once upon a time.' };
  });
  await stage.work();
  const viewer = await stage.invited(owner, 'viewer', 'Vera');
  const [seen, redacted] = [await owner.stream('/api/now/events'), await viewer.stream('/api/now/events')];
  await until(() => seen.of('replies').length === 1 && redacted.of('replies').length === 1);

  const job = await stage.ask('Tell me a story');
  const textOf = (events: typeof seen) => events.of('text').map(({ text }) => text);
  await until(() => textOf(seen).join('') === 'Once upon ');
  expect(seen.of('reply').at(-1)).toMatchObject({
    ...{ jobId: job, platform: 'test', conversation: 'test:general', server: 'test:home', persona: 'guide' },
    ...{ who: { id: 'test:ann', name: 'Ann' }, state: 'running' },
  });
  await until(() => seen.of('snapshot').at(-1).queue.active === 1);

  // Whoever comes late sees what was said so far.
  const late = await owner.stream('/api/now/events');
  await until(() => late.of('replies').length === 1);
  expect(late.of('replies')[0]).toMatchObject([{ jobId: job, text: 'Once upon ', tokens: 2 }]);
  expect((await owner.get('/api/now')).body.replies).toMatchObject([{ jobId: job, text: 'Once upon ' }]);

  pause.open();
  await until(() => [seen, redacted, late].every((events) => events.of('end').length === 1));
  expect(textOf(seen).join('')).toBe('Once upon a time.');
  expect(textOf(late).join('')).toBe('a time.');
  expect(seen.of('end')[0]).toEqual({ jobId: job, finish: 'stop' });
  expect(redacted.of('text').at(-1)).toEqual({ jobId: job, text: null, tokens: 3 });
  expect(JSON.stringify(redacted.all)).not.toContain('Once');
  for (const events of [seen, redacted, late]) events.close();
});

test('a running and a waiting reply are cancelled', async () => {
  stage.scripted.handleWith(async ({ publish, signal }) => {
    await publish('On and on', [1]);
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    throw new Error('never');
  });
  await stage.work(1);
  const seen = await owner.stream('/api/now/events');
  const running = await stage.ask('Go on', { id: 'first' });
  await until(() => seen.of('text').length > 0);
  const waiting = await stage.ask('And I?', { id: 'second', user: 'bob', name: 'Bob' });
  await until(() => seen.of('reply').some(({ jobId, state }) => jobId === waiting && state === 'waiting'));
  await until(() => seen.of('snapshot').at(-1).queue.oldestWaitMs !== null);

  const cancel = (job: string) => owner.post(`/api/replies/${encodeURIComponent(job)}/cancel`);
  expect((await cancel(waiting)).body).toEqual({ state: 'waiting' });
  expect((await cancel(running)).body).toEqual({ state: 'running' });
  await until(() => seen.of('end').length === 2);
  expect(seen.of('end')).toContainEqual({ jobId: running, finish: 'cancelled' });
  expect((await cancel(running)).body).toEqual({ state: 'finished' });
  expect((await owner.get('/api/audit')).body.entries[0]).toMatchObject({
    act: 'reply.cancel',
    by: 'Olga',
    target: running,
  });
  seen.close();
});

test('the snapshot says how well it goes: percentiles, errors, who lives', async () => {
  await stage.work();
  const worker = {
    ...{ id: 'w', kind: 'worker' as const, name: 'box', startedAt: 1, model: 'grok-1', slots: 8 },
    ...{ running: 2, batch: 2, kvBlocks: 100, kvBlocksUsed: 25, prefixHits: 30, prefixMisses: 10, something: 'else' },
  };
  const adapter = { id: 'd', kind: 'adapter' as const, name: 'discord', startedAt: 1, hearsAll: true };
  // They live for as long as the test.
  for (const one of [worker, adapter]) await stage.queue.heartbeats.beat(one, 600_000);
  for (let at = 0; at < 4; at++) await stage.ended(await stage.ask(`question ${at}`));
  stage.scripted.handleWith(async () => {
    throw Object.assign(new Error('the GPU is on fire'), { retry: false });
  });
  await stage.ended(await stage.ask('Are you well?'));
  let now: Awaited<ReturnType<Client['get']>>['body'];
  await until(async () => {
    now = (await owner.get('/api/now')).body;
    return now.repliesLastHour === 5;
  });
  expect(now).toMatchObject({
    ...{ failedLastHour: 1, paused: false, draining: false, maintenance: null },
    errors: [{ message: 'the GPU is on fire', persona: 'guide' }],
    workers: [
      { id: 'w', model: 'grok-1', slots: 8, kvBlocksUsed: 25, prefixHitRate: 0.75, more: { something: 'else' } },
    ],
    adapters: [{ name: 'discord', more: { hearsAll: true } }],
  });
  expect(now.firstToken.p50).toBeGreaterThan(0);
  expect(now.total.p99).toBeGreaterThanOrEqual(now.total.p50);
});
