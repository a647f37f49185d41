import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { conversationOf, type OpenedWebChat, openWebChat, type WebPerson } from '../../../bots/web/index.ts';
import { WebSurface } from '../../../bots/web/surface.ts';
import type { ShownChange } from '../../../queue/index.ts';
import { until } from '../../queue/fixtures/messages.ts';
import { gate } from '../../queue/fixtures/script.ts';
import { quick } from '../chat/delivery/fixtures/quick.ts';
import { Stage } from '../whole/fixtures/stage.ts';

let stage: Stage;
let web: OpenedWebChat;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.work();
  const { queue, personas } = stage;
  const log = { info: () => {}, warn: (fields: object) => void stage.warnings.push(fields) };
  web = await openWebChat({ queue, personas, persona: 'guide', log, pace: quick });
});
afterAll(async () => {
  await web.close();
  await stage.close();
});
afterEach(() => expect(stage.warnings).toEqual([]));

let count = 0;
const somebody = (): WebPerson => ({ id: `guest.${++count}`, name: 'Ann', locale: 'en' });
const shown = async ({ id }: WebPerson) => (await stage.queue.shown.read(conversationOf(id))).messages;
const texts = async (person: WebPerson) => (await shown(person)).map(({ text }) => text);
const last = async (person: WebPerson) => (await shown(person)).at(-1);
const over = (person: WebPerson) => until(async () => (await last(person))?.buttons.includes('retry') ?? false, 60_000);

test('what is said is shown, and answered below', async () => {
  const ann = somebody();
  await web.chat.say(ann, '1', 'Hello');
  await over(ann);
  expect((await shown(ann)).map(({ role, text, persona }) => [role, text, persona])).toEqual([
    ['person', 'Hello', undefined],
    ['bot', 'guide heard: Hello.', 'Guide'],
  ]);
  expect(await web.chat.say(ann, '1', 'Hello')).toBe((await shown(ann))[0]?.id);
  expect(await texts(ann)).toHaveLength(2);
});

test('a reply grows, and Stop ends it', async () => {
  const ann = somebody();
  const more = gate();
  stage.scripted.when('endless', ['It begins. ', more.opened, 'Never said.']);
  await web.chat.say(ann, '1', 'endless');
  await until(async () => (await last(ann))?.text.startsWith('It begins.') ?? false, 60_000);
  const reply = await last(ann);
  expect(reply?.buttons).toEqual(['stop']);
  expect(await web.chat.press(ann, reply?.id ?? '', 'stop')).toEqual({});
  await over(ann);
  more.open();
  expect((await last(ann))?.text).toMatch(/^It begins\./);
});

test('whoever waits sees their place in the queue, until it is their turn', async () => {
  const end = gate();
  stage.scripted.when('busy', [end.opened, 'Done.']);
  // As many as there are places.
  for (let at = 0; at < 8; at++) await web.chat.say(somebody(), '1', 'busy');
  const ann = somebody();
  await web.chat.say(ann, '1', 'Hello from the queue');
  await until(async () => (await last(ann))?.text.startsWith('In the queue, place 1') ?? false, 60_000);
  end.open();
  await over(ann);
  expect(await texts(ann)).toEqual(['Hello from the queue', 'guide heard: Hello from the queue.']);
});

test('Retry makes the reply anew, Continue goes on with it, thumbs are counted', async () => {
  const ann = somebody();
  await web.chat.say(ann, '1', 'Hello again');
  await over(ann);
  const first = await last(ann);
  expect(first?.buttons).toEqual(expect.arrayContaining(['retry', 'up', 'down']));
  expect((await web.chat.press(ann, first?.id ?? '', 'up'))?.text).toBe('Noted, thank you.');
  await web.chat.press(ann, first?.id ?? '', 'retry');
  await until(async () => (await last(ann))?.id !== first?.id && (await texts(ann)).length === 2, 60_000);
  await over(ann);
  expect(await texts(ann)).toEqual(['Hello again', 'guide heard: Hello again.']);
  await web.chat.command(ann, 'continue', {});
  await until(async () => (await last(ann))?.text.endsWith('And so on.') ?? false, 60_000);
  expect(await texts(ann)).toEqual(['Hello again', 'guide heard: Hello again. And so on.']);
});

test('an edited question is answered anew, a deleted one takes its answer along', async () => {
  const ann = somebody();
  const id = await web.chat.say(ann, '1', 'Helo');
  await over(ann);
  expect(await web.chat.edit(ann, id, 'Hello')).toBe(true);
  await until(async () => (await texts(ann)).join('|') === 'Hello|guide heard: Hello.', 60_000);
  expect(await web.chat.remove(ann, id)).toBe(true);
  await until(async () => (await texts(ann)).length === 0, 60_000);
  expect(await stage.queue.conversations.read(conversationOf(ann.id))).toEqual([]);
});

test('nobody can change, take back or press what is another person’s, nor what the bot said', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const id = await web.chat.say(ann, '1', 'mine');
  await over(ann);
  const reply = (await last(ann))?.id ?? '';
  expect(await web.chat.edit(bob, id, 'yours')).toBe(false);
  expect(await web.chat.remove(bob, id)).toBe(false);
  expect(await web.chat.press(bob, reply, 'retry')).toBeUndefined();
  expect(await web.chat.edit(ann, reply, 'never said')).toBe(false);
  expect(await web.chat.press(ann, reply, 'stop')).toBeUndefined();
  // The same id of a page is another message for everybody.
  expect(await web.chat.say(bob, '1', 'mine too')).not.toBe(id);
});

test('the persona is chosen, /reset and /privacy erase empty the page', async () => {
  const ann = somebody();
  expect(await web.chat.personaOf(ann)).toBe('guide');
  await web.chat.command(ann, 'persona', { name: 'butler' });
  expect(await web.chat.personaOf(ann)).toBe('butler');
  await web.chat.say(ann, '1', 'Hello');
  await over(ann);
  expect((await last(ann))?.text).toBe('butler heard: Hello.');
  await web.chat.command(ann, 'reset', {});
  expect(await texts(ann)).toEqual([]);
  await web.chat.say(ann, '2', 'Hello');
  await over(ann);
  await web.chat.command(ann, 'privacy', { action: 'erase' });
  expect(await texts(ann)).toEqual([]);
  expect(await web.chat.personaOf(ann)).toBe('guide');
});

test('/mood and /news work as elsewhere; what the persona answers stands in the chat', async () => {
  const ann = somebody();
  const { text } = await web.chat.command(ann, 'mood', {});
  expect(text).toBeTruthy();
  await web.chat.say(ann, '1', '/news space');
  await until(async () => (await texts(ann)).length === 2, 60_000);
  // Nobody has named a feed: there is nothing to tell.
  const [question, answer] = await shown(ann);
  expect([question?.text, answer?.role]).toEqual(['/news space', 'bot']);
  expect(answer?.text).not.toContain('guide heard');
});

test('the rules hold here as elsewhere: who is blocked is not answered, who asks too much is told so', async () => {
  const [ann, bob] = [somebody(), somebody()];
  const rules = { blockUsers: [conversationOf(ann.id)], userPerMinute: 1 };
  await stage.queue.rules.change('all', rules, 'test');
  await web.chat.say(ann, '1', 'Hello?');
  await web.chat.say(bob, '1', 'One');
  await web.chat.say(bob, '2', 'Two');
  await until(async () => (await texts(bob)).some((text) => text.startsWith('Slow down')), 60_000);
  expect(await texts(ann)).toEqual(['Hello?']);
  await stage.queue.rules.change('all', { blockUsers: null, userPerMinute: null }, 'test');
});

test('a send of unknown outcome is found, and the same nonce is one message', async () => {
  const surface = new WebSurface(stage.queue.shown);
  const place = { channel: 'guest.nonce' };
  const view = { text: 'once', buttons: [], jobId: 'web:1' };
  expect(await surface.find(place, view, 'n1')).toBeUndefined();
  expect(await Promise.all([surface.send(place, view, 'n1'), surface.send(place, view, 'n1')])).toEqual(['n1', 'n1']);
  expect(await surface.find(place, view, 'n1')).toBe('n1');
  expect((await stage.queue.shown.read('web:guest.nonce')).messages).toHaveLength(1);
  await surface.remove(place, 'n1');
  await expect(surface.edit(place, 'n1', view)).rejects.toMatchObject({ problem: 'message-gone' });
});

test('the last 200 messages are kept, and go when their time is over', async () => {
  const { shown } = stage.queue;
  const message = (at: number, sent = Date.now()) => ({
    ...{ id: `m${at}`, role: 'person' as const, text: `${at}`, buttons: [], jobId: '', at: sent },
  });
  for (let at = 0; at < 230; at++) await shown.put('web:many', message(at));
  const { messages } = await shown.read('web:many');
  expect(messages.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, at) => `m${at + 30}`));
  await shown.put('web:old', message(1, Date.now() - 31 * 24 * 60 * 60 * 1000));
  await shown.put('web:old', message(2));
  expect((await shown.read('web:old')).messages.map(({ id }) => id)).toEqual(['m2']);
});

test('each change is heard once, in order, with a version above the last', async () => {
  const { shown } = stage.queue;
  const heard: ShownChange[] = [];
  const enough = new AbortController();
  await shown.hear('web:heard', { change: (change) => heard.push(change), missed: () => {} }, enough.signal);
  const message = { id: 'a', role: 'bot' as const, text: '1', buttons: [], jobId: '', at: Date.now() };
  await shown.put('web:heard', message);
  await shown.put('web:other', message);
  await shown.edit('web:heard', { ...message, text: '2' });
  await shown.typing('web:heard', 10);
  await shown.remove('web:heard', ['a', 'b']);
  await shown.put('web:heard', message);
  await shown.clear('web:heard');
  await until(() => heard.length === 6);
  enough.abort();
  const versions = heard.flatMap((change) => ('version' in change ? [change.version] : []));
  expect(versions).toEqual([1, 2, 3, 4, 5]);
  expect(heard.map((change) => Object.keys(change).at(-1))).toEqual([
    ...['message', 'message', 'typing', 'removed', 'message', 'cleared'],
  ]);
});
