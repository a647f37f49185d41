import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Asked, openQueue, type Queue } from '../../queue/index.ts';
import { collect, counting, message, submit } from './fixtures/messages.ts';
import { Server } from './fixtures/server.ts';

let server: Server;
let queue: Queue;

beforeAll(async () => {
  server = await Server.start();
  queue = openQueue({ redis: server.handle });
});
afterAll(async () => {
  await queue.close();
  await server.stop();
});

const asked = (more: Partial<Asked> = {}): Asked => ({
  ...{ jobId: `test:${randomUUID()}`, turnId: `test:${randomUUID()}`, conversation: 'test:chat' },
  ...{ author: `test:${randomUUID()}`, persona: 'guide', ...more },
});

test('a job is found by its id, by its question, and as the latest of its author', async () => {
  const first = asked();
  expect(await queue.asked.note(first)).toBeUndefined();
  expect(await queue.asked.get(first.jobId)).toEqual(first);
  expect(await queue.asked.ofTurn(first.turnId)).toBe(first.jobId);
  expect(await queue.asked.latest(first.conversation, first.author)).toBe(first.jobId);
});

test('each job knows the one before it, the same when it is noted again', async () => {
  const first = asked();
  const { author } = first;
  await queue.asked.note(first);
  const [second, third] = [asked({ author }), asked({ author })];
  expect(await queue.asked.note(second)).toBe(first.jobId);
  expect(await queue.asked.note(third)).toBe(second.jobId);
  expect(await queue.asked.note(second)).toBe(first.jobId);
  expect(await queue.asked.latest('test:chat', author)).toBe(third.jobId);
});

test('many at once make one chain', async () => {
  const author = `test:${randomUUID()}`;
  const all = Array.from({ length: 20 }, () => asked({ author }));
  const before = await Promise.all(all.map((each) => queue.asked.note(each)));
  expect(new Set(before).size).toBe(20);
  expect(before.filter((each) => each === undefined)).toHaveLength(1);
});

test('a person in another conversation has another latest job', async () => {
  const first = asked();
  await queue.asked.note(first);
  expect(await queue.asked.note(asked({ author: first.author, conversation: 'test:other' }))).toBeUndefined();
});

test('a job is over when its reply has ended, or when nobody knows it', async () => {
  const jobId = await submit(queue);
  expect(await queue.asked.isOver(jobId)).toBe(false);
  const worker = queue.startWorker({ handle: counting(2) });
  await collect(queue, jobId);
  expect(await queue.asked.isOver(jobId)).toBe(true);
  expect(await queue.asked.isOver('test:never')).toBe(true);
  await worker.close();
});

test('the reply of a job that no longer answers its question does not join the conversation', async () => {
  const { turn, job } = message(undefined, 'replaced');
  const old = asked({ jobId: job.id, turnId: turn.id, conversation: job.conversation });
  await queue.asked.note(old);
  await queue.submit(turn, job);
  const jobId = `${job.id}~2`;
  await queue.asked.note({ ...old, jobId });
  await queue.submit(turn, { ...job, id: jobId });
  const worker = queue.startWorker({ handle: counting(2) });
  await Promise.all([collect(queue, job.id), collect(queue, jobId)]);
  const turns = await queue.conversations.read(job.conversation);
  expect(turns.map(({ id }) => id)).toEqual([turn.id, `${jobId}:reply`]);
  await worker.close();
});
