import { expect, test } from 'vitest';
import type { ShownChange } from '../../queue/index.ts';
import { queue, server, useQueue } from './fixtures/each.ts';
import { until } from './fixtures/messages.ts';

useQueue();

const message = (id: string) => ({ id, role: 'bot' as const, text: id, buttons: [], jobId: '', at: Date.now() });

test('after Redis was away, a page is told to read again, and hears on', async () => {
  const heard: ShownChange[] = [];
  let missed = 0;
  const over = new AbortController();
  const listener = { change: (change: ShownChange) => heard.push(change), missed: () => missed++ };
  await queue.shown.hear('web:ann', listener, over.signal);
  await server.kill();
  await server.start();
  await until(() => missed > 0, 60_000);
  await queue.shown.put('web:ann', message('after'));
  await until(() => heard.some((change) => 'message' in change && change.message.id === 'after'), 60_000);
  over.abort();
});

test('who has gone hears nothing more, and others still do', async () => {
  const [first, second]: ShownChange[][] = [[], []];
  const [gone, over] = [new AbortController(), new AbortController()];
  const into = (list: ShownChange[] | undefined) => ({
    change: (change: ShownChange) => list?.push(change),
    missed: () => {},
  });
  await queue.shown.hear('web:ann', into(first), gone.signal);
  await queue.shown.hear('web:ann', into(second), over.signal);
  gone.abort();
  await queue.shown.put('web:ann', message('a'));
  await until(() => second?.length === 1);
  expect(first).toEqual([]);
  over.abort();
});

test('deleting a conversation or a person empties the page, and no other one', async () => {
  for (const chat of ['web:ann', 'web:bob', 'web:zoe']) await queue.shown.put(chat, message('a'));
  await queue.conversations.clear('web:ann');
  await queue.privacy.erase('web:bob');
  const left = await Promise.all(['web:ann', 'web:bob', 'web:zoe'].map((chat) => queue.shown.read(chat)));
  expect(left.map(({ messages }) => messages.length)).toEqual([0, 0, 1]);
});
