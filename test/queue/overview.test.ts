import { expect, test } from 'vitest';
import { encodeJobId } from '../../queue/keys.ts';
import { queue, useQueue } from './fixtures/each.ts';
import { message, until } from './fixtures/messages.ts';
import { gate } from './fixtures/script.ts';

useQueue();

const long = Date.now() - 3_600_000;
const submit = async (id: string, createdAt: number, server = id) => {
  const { turn, job } = message(id, id);
  return (await queue.submit(turn, { ...job, createdAt, server: `test:${server}` })).jobId;
};
const oldest = async () => (await queue.overview()).oldestAt;

test('who waits longest is found, however many are taken before', async () => {
  expect(await oldest()).toBeUndefined();
  // Of two questions of one server, the second lets all other servers go first.
  const first = await submit('a1', long, 'a');
  const second = await submit('a2', long + 1, 'a');
  for (let at = 0; at < 120; at++) await submit(`b${at}`, long + 1000 + at);
  expect(await oldest()).toBe(long);
  await queue.cancel(first);
  expect((await queue.overview()).waiting.map(({ id }) => id)).not.toContain(second);
  expect(await oldest()).toBe(long + 1);
  await queue.cancel(second);
  expect(await oldest()).toBe(long + 1000);
});

test('what runs, has ended or was taken out by hand waits no more', async () => {
  const [running, removed, waiting] = [
    await submit('one', long),
    await submit('two', long + 1),
    await submit('three', long + 2),
  ];
  await queue.bull.remove(encodeJobId(removed));
  const end = gate();
  const worker = queue.startWorker({
    concurrency: 1,
    handle: async () => {
      await end.opened();
      return { finish: 'stop', text: 'So.' };
    },
  });
  try {
    await until(async () => (await queue.counts()).active === 1);
    expect((await queue.overview()).active.map(({ id }) => id)).toEqual([running]);
    expect(await oldest()).toBe(long + 2);
    end.open();
    for await (const _ of queue.follow(waiting));
    expect(await oldest()).toBeUndefined();
  } finally {
    end.open();
    await worker.close();
  }
});
