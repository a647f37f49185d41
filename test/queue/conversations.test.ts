import { expect, test } from 'vitest';
import { TURNS_KEPT, TURNS_LEFT } from '../../queue/keys.ts';
import { queue, useQueue } from './fixtures/each.ts';
import { message, until } from './fixtures/messages.ts';

useQueue();

const append = (id: string) => queue.conversations.append('test:chat', message(id).turn);
const ids = async (last?: number) => (await queue.conversations.read('test:chat', last)).map(({ id }) => id);

test('turns stay in order, each once', async () => {
  expect(await append('b')).toBe(true);
  expect(await append('a')).toBe(true);
  expect(await append('b')).toBe(false);
  expect(await append('c')).toBe(true);
  expect(await ids()).toEqual(['test:b', 'test:a', 'test:c']);
  expect(await ids(2)).toEqual(['test:a', 'test:c']);
  expect(await ids(0)).toEqual([]);
});

test('the oldest fall out beyond the cap, many at once', async () => {
  const many = Array.from({ length: TURNS_KEPT }, (_, at) => String(at));
  await Promise.all(many.map(append));
  expect(await ids()).toHaveLength(TURNS_KEPT);
  await append('one more');
  const kept = await ids();
  expect(kept).toHaveLength(TURNS_LEFT);
  const first = TURNS_KEPT + 1 - TURNS_LEFT;
  expect([kept[0], kept.at(-1)]).toEqual([`test:${first}`, 'test:one more']);
  // One that is kept is known; one that fell out is not. The beginning stays where it is for the next 500.
  expect(await append(String(first))).toBe(false);
  expect(await append(String(first - 1))).toBe(true);
  expect((await ids())[0]).toBe(`test:${first}`);
});

test('clear forgets the turns and keeps the persona', async () => {
  await append('a');
  await queue.conversations.setPersona('test:chat', 'wit');
  await queue.conversations.clear('test:chat');
  expect(await ids()).toEqual([]);
  expect(await queue.conversations.getPersona('test:chat')).toBe('wit');
  expect(await queue.conversations.getPersona('test:other')).toBeUndefined();
  expect(await append('a')).toBe(true);
});

test('heartbeats are listed while they last', async () => {
  const { heartbeats } = queue;
  const beat = { kind: 'worker' as const, name: 'gpu', startedAt: 1, model: 'grok-1', tokensPerSecond: 7 };
  await heartbeats.beat({ ...beat, id: 'w1' }, 600_000);
  await heartbeats.beat({ ...beat, id: 'w2' });
  await heartbeats.beat({ ...beat, id: 'w3' });
  const ids = async () => (await heartbeats.list()).map(({ id }) => id);
  expect(await ids()).toEqual(['w1', 'w2', 'w3']);
  await heartbeats.beat({ ...beat, id: 'w2' }, 50);
  await until(async () => !(await ids()).includes('w2'));
  await heartbeats.stop('w3');
  expect(await heartbeats.list()).toEqual([{ ...beat, id: 'w1' }]);
});

test('a conversation goes on under another name, and its speakers can still have it erased', async () => {
  const [from, to] = ['test:old-group', 'test:new-group'];
  const turn = { ...message().turn, author: { id: 'test:1', name: 'Ann' } };
  await queue.conversations.append(from, turn);
  await queue.conversations.setPersona(from, 'pirate');
  await queue.conversations.move(from, to);
  expect(await queue.conversations.read(to)).toEqual(await queue.conversations.read(from));
  expect(await queue.conversations.getPersona(to)).toBe('pirate');
  await queue.privacy.erase(turn.author.id);
  expect(await queue.conversations.read(to)).toEqual([]);
});

test('a kept heartbeat is there until it is stopped, and says what holds now', async () => {
  const errors: unknown[] = [];
  let chats = 1;
  const say = () => ({ chats: chats++ });
  const kept = queue.heartbeats.keep({ kind: 'adapter', name: 'test', say, onError: (error) => errors.push(error) });
  await kept.first;
  expect(await queue.heartbeats.list()).toMatchObject([{ kind: 'adapter', name: 'test', chats: 1 }]);
  await kept.stop();
  expect(await queue.heartbeats.list()).toEqual([]);
  expect(errors).toEqual([]);
});

test('a note stands at its turn once, and stays when the turn is edited', async () => {
  await append('a');
  const note = { id: 'n1', text: 'the weather: rain' };
  expect(await queue.conversations.annotate('test:chat', 'test:a', [note])).toBe(true);
  expect(await queue.conversations.annotate('test:chat', 'test:a', [note, { id: 'n2', text: 'hail' }])).toBe(true);
  await queue.conversations.replace('test:chat', 'test:a', 'edited');
  expect(await queue.conversations.read('test:chat')).toMatchObject([
    { text: 'edited', notes: [note, { id: 'n2', text: 'hail' }] },
  ]);
  expect(await queue.conversations.annotate('test:chat', 'test:gone', [note])).toBe(false);
});
