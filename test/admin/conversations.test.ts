import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../queue/fixtures/messages.ts';
import type { Client } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
let owner: Client;
let viewer: Client;
beforeEach(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
  viewer = await stage.invited(owner, 'viewer', 'Vera');
  await stage.work();
  for (const [user, name, chat, text] of [
    ['ann', 'Ann', 'general', 'What is a volcano?'],
    ['bob', 'Bob', 'general', 'And a geyser?'],
    ['bob', 'Bob', 'kitchen', 'How long do eggs take?'],
  ] as const) {
    await stage.ended(await stage.ask(text, { user, name, chat }));
  }
  // Figures are noted a moment after the end.
  await until(async () => (await stage.queue.statistics.lastHour()).replies === 3);
});
afterEach(() => stage.close());

const ids = (said: { body: { conversations: { id: string }[] } }) => said.body.conversations.map(({ id }) => id);

test('conversations are listed, the last used first, and found by id, name and text', async () => {
  const all = await viewer.get('/api/conversations');
  expect(all.body).toMatchObject({
    ...{ total: 2, next: null },
    conversations: [
      { id: 'test:kitchen', platform: 'test', turns: 2, people: ['Bob'] },
      { id: 'test:general', turns: 4, people: ['Bob', 'Ann'] },
    ],
  });
  expect(ids(await viewer.get('/api/conversations?search=kitch'))).toEqual(['test:kitchen']);
  expect(ids(await viewer.get('/api/conversations?search=ann'))).toEqual(['test:general']);
  expect(ids(await owner.get('/api/conversations?search=EGGS'))).toEqual(['test:kitchen']);
  // Who may not see texts cannot find out by searching either.
  expect(ids(await viewer.get('/api/conversations?search=eggs'))).toEqual([]);
  expect(ids(await viewer.get('/api/conversations?platform=discord'))).toEqual([]);
});

test('pages follow on each other', async () => {
  for (let at = 0; at < 30; at++) {
    await stage.queue.conversations.append(`test:many-${at}`, {
      ...{ id: `t${at}`, role: 'user', author: { id: 'test:x', name: 'X' }, text: 'hi', at: Date.now() },
    });
  }
  const seen: string[] = [];
  for (let cursor = '0'; ; ) {
    const said = await owner.get(`/api/conversations?limit=7&cursor=${cursor}`);
    seen.push(...ids(said));
    if (said.body.next === null) break;
    cursor = said.body.next;
  }
  expect(seen).toHaveLength(32);
  expect(new Set(seen).size).toBe(32);
});

test('texts are shown to those who ask for them, and that is written down', async () => {
  const path = '/api/conversations/test%3Ageneral';
  const { body } = await owner.get(path);
  expect(body.revealed).toBe(false);
  expect(body.turns[0]).toMatchObject({ role: 'user', author: { name: 'Ann' }, text: null, length: 18 });
  expect(JSON.stringify(body)).not.toContain('volcano');
  expect((await viewer.post(`${path}/reveal`)).status).toBe(403);
  expect((await owner.post(`${path}/reveal`)).body.turns[0].text).toBe('What is a volcano?');
  expect((await owner.get('/api/audit')).body.entries[0]).toMatchObject({
    ...{ by: 'Olga', act: 'conversation.reveal', target: 'test:general' },
  });
});

test('a conversation is deleted', async () => {
  expect((await viewer.send('DELETE', '/api/conversations/test%3Akitchen')).status).toBe(403);
  expect((await owner.send('DELETE', '/api/conversations/test%3Akitchen')).status).toBe(204);
  expect((await owner.get('/api/conversations/test%3Akitchen')).status).toBe(404);
  expect((await owner.send('DELETE', '/api/conversations/test%3Akitchen')).status).toBe(404);
  expect(ids(await owner.get('/api/conversations'))).toEqual(['test:general']);
});

test('a person’s data is exported as a file, then deleted: theirs and the replies to it, nothing else', async () => {
  const path = '/api/people/test%3Abob';
  expect((await owner.get(path)).body).toMatchObject({ id: 'test:bob', conversations: 2, turns: 2, replies: 2 });
  const file = await owner.get(`${path}/export`);
  expect(file.headers.get('content-disposition')).toBe('attachment; filename="test_bob.json"');
  expect(file.body.said.map(({ text }: { text: string }) => text)).toEqual([
    ...['And a geyser?', 'guide heard: And a geyser?.'],
    ...['How long do eggs take?', 'guide heard: How long do eggs take?.'],
  ]);
  expect(file.text).not.toContain('volcano');

  expect((await owner.get('/api/usage?by=user')).body.map(({ key }: { key: string }) => key)).toContain('test:bob');
  expect((await owner.send('DELETE', path)).body).toEqual({ turns: 4, votes: 0 });
  expect((await owner.get('/api/usage?by=user')).body).toMatchObject([{ key: 'test:ann' }]);
  expect((await owner.get(path)).body).toMatchObject({ turns: 0, replies: 0 });
  expect((await owner.post('/api/conversations/test%3Ageneral/reveal')).body.turns).toHaveLength(2);
  const acts = (await owner.get('/api/audit')).body.entries.map(({ act }: { act: string }) => act);
  expect(acts).toContain('person.export');
  expect(acts).toContain('person.delete');
});
