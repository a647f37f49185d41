import { expect, test } from 'vitest';
import { until } from '../queue/fixtures/messages.ts';
import { owner, stage, useStage } from './fixtures/each.ts';

useStage();

/** A line as pino writes it. */
const write = (fields: object) =>
  stage.queue.logs.write(`${JSON.stringify({ level: 30, time: new Date().toISOString(), pid: 7, ...fields })}\n`);
const messages = (said: { body: { lines: { message: string }[] } }) => said.body.lines.map(({ message }) => message);

test('log lines are found by level, adapter, trace and words, the newest first', async () => {
  write({ msg: 'one', adapter: 'discord', guild: 42 });
  write({ msg: 'two', level: 40, job: 'telegram:5', trace: 'abc' });
  write({ msg: 'three', level: 50, error: 'out of coffee' });
  await until(async () => messages(await owner.get('/api/logs')).length === 3);
  expect(messages(await owner.get('/api/logs'))).toEqual(['three', 'two', 'one']);
  expect(messages(await owner.get('/api/logs?level=warn'))).toEqual(['three', 'two']);
  expect(messages(await owner.get('/api/logs?adapter=telegram'))).toEqual(['two']);
  expect(messages(await owner.get('/api/logs?trace=abc'))).toEqual(['two']);
  expect(messages(await owner.get('/api/logs?search=COFFEE'))).toEqual(['three']);
  const { lines, next } = (await owner.get('/api/logs?limit=2')).body;
  expect(lines[1]).toMatchObject({ level: 'warn', adapter: 'telegram', trace: 'abc', jobId: 'telegram:5', pid: 7 });
  const rest = await owner.get(`/api/logs?limit=2&cursor=${next}`);
  expect([messages(rest), rest.body.next]).toEqual([['one'], null]);
});

test('log lines come live, to all who watch, each by their own filter', async () => {
  const [all, bad] = [await owner.stream('/api/logs/events'), await owner.stream('/api/logs/events?level=error')];
  // Lines count from when the tail has begun.
  await until(() => {
    write({ msg: 'fine' });
    return all.of('line').length > 0;
  });
  write({ msg: 'broken', level: 50 });
  await until(() => bad.of('line').length === 1 && all.of('line').some(({ message }) => message === 'broken'));
  expect(bad.of('line')[0]).toMatchObject({ message: 'broken', level: 'error' });
  all.close();
  bad.close();
});

test('a reply’s life, by trace and by job: without texts, until they are asked for', async () => {
  stage.scripted.when('life', ['It is ', 'short.']);
  await stage.work();
  const job = await stage.ask('What is life?', { id: '77' });
  await stage.ended(job);
  write({ msg: 'answered', job, trace: 'trace-77' });
  await until(async () => messages(await owner.get('/api/logs?trace=trace-77')).length === 1);

  const { body } = await owner.get('/api/replies/trace-77');
  expect(body).toMatchObject({
    ...{ jobId: job, trace: 'trace-77', platform: 'test', conversation: 'test:general', persona: 'guide' },
    ...{ who: { id: 'test:ann', name: 'Ann' }, question: { text: null, length: 13 }, revealed: false, prompt: null },
    attempts: [{ attempt: 1, model: 'scripted' }],
    end: { finish: 'stop', text: null, length: 12, error: null },
    log: [{ message: 'answered' }],
  });
  expect(body.pieces.map(({ tokens }: { tokens: number }) => tokens).reduce((a: number, b: number) => a + b)).toBe(2);
  expect(JSON.stringify(body)).not.toContain('short');

  const path = `/api/replies/${encodeURIComponent(job)}/reveal`;
  const { body: revealed } = await owner.post(path);
  expect(revealed).toMatchObject({
    question: { text: 'What is life?' },
    end: { text: 'It is short.' },
    revealed: true,
  });
  expect(revealed.prompt).toContain('Ann: What is life?');
  expect((await owner.get('/api/audit')).body.entries[0]).toMatchObject({ act: 'reply.reveal', target: job });
  expect((await owner.get('/api/replies/nobody')).status).toBe(404);
});
