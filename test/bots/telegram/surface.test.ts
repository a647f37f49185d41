import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Button, Place, View } from '../../../bots/chat/surface.ts';
import { openApi } from '../../../bots/telegram/api.ts';
import { Migrations } from '../../../bots/telegram/migrations.ts';
import { TelegramSurface } from '../../../bots/telegram/surface.ts';
import { type Chat, type FakeTelegram, startFakeTelegram } from '../../fakes/telegram/index.ts';

let telegram: FakeTelegram;
let surface: TelegramSurface;
let moved: [number, number][];

const open = (more: { drafts?: boolean; refreshMs?: number } = {}) => {
  const api = openApi({ token: telegram.token, apiRoot: telegram.url });
  const log = { info: () => {}, warn: () => {} };
  const migrations = new Migrations((from, to) => moved.push([from, to]));
  return new TelegramSurface({ api, log, migrations, ...more });
};
const view = (text: string, buttons: Button[] = [], jobId = 'telegram:1/1'): View => ({ text, buttons, jobId });
const placeOf = (chat: { id: number }, more: Partial<Place> = {}): Place => ({ channel: `${chat.id}`, ...more });

/** What people have said. */
const seen = (chat: Chat) => chat.shows().filter((line) => !line.startsWith('('));

beforeEach(async () => {
  telegram = await startFakeTelegram();
  moved = [];
  surface = open();
});
afterEach(async () => {
  surface.close();
  await telegram.close();
});

describe('in a group', () => {
  it('a message is sent, changed and removed', async () => {
    const ada = telegram.addUser({ first_name: 'Ada' });
    const group = telegram.addGroup({ title: 'Club' });
    const question = ada.says(group, 'hi');
    const place = placeOf(group, { replyTo: `${group.id}/${question.id}` });
    const id = await surface.send(place, view('**Hel', ['stop']), 'n1');
    expect(id).toMatch(new RegExp(`^${group.id}/\\d+$`));
    expect(seen(group)).toEqual(['Ada: hi', 'Wisecrack (reply to Ada): **Hel [Stop]']);
    await surface.edit(place, id, view('**Hello** https://a.example', ['retry', 'up', 'down']));
    expect(group.shows().at(-1)).toBe('Wisecrack (reply to Ada): <b>Hello</b> https://a.example [Retry] [👍] [👎]');
    await surface.edit(place, id, view('`Hello`'));
    expect(group.shows().at(-1)).toBe('Wisecrack (reply to Ada): <code>Hello</code>');
    await surface.remove(place, id);
    await surface.remove(place, id);
    expect(seen(group)).toEqual(['Ada: hi']);
    expect(await surface.find()).toBe('unknown');
  });

  it('buttons speak the language of who asked, and name the job', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    await surface.send(placeOf(group, { extra: { locale: 'zh-hans' } }), view('好', ['retry']), 'n');
    expect(group.last?.button('重来').callback_data).toBe('b:retry:telegram:1/1');
  });

  it('an edit that changes nothing is done', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    const id = await surface.send(placeOf(group), view('same', ['up']), 'n');
    await surface.edit(placeOf(group), id, view('same', ['up']));
    expect(group.counts).toMatchObject({ sends: 1, edits: 0 });
  });

  it('a topic is answered in that topic', async () => {
    const forum = telegram.addGroup({ title: 'Forum', forum: true });
    const topic = forum.addTopic('Towels');
    const place = placeOf(forum, { extra: { topic: `${topic.id}` } });
    await surface.send(place, view('here'), 'n');
    await surface.typing(place);
    expect(forum.shows(topic).at(-1)).toBe('Wisecrack: here');
    expect(forum.action).toMatchObject({ action: 'typing', thread: topic.id });
  });

  it('what it says calls nobody', async () => {
    telegram.addUser({ first_name: 'Ada', username: 'ada_l' });
    const group = telegram.addGroup({ title: 'Club' });
    await surface.send(placeOf(group), view('ask @ada_l or **@ada_l** or [me](tg://user?id=1)'), 'n');
    expect(telegram.pings).toEqual([]);
  });

  it('no more than a message holds, as Telegram counts', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    const text = `**${'🦊'.repeat(2047)}a**`;
    expect(surface.measure(text)).toBe(4095);
    await surface.send(placeOf(group), view(text), 'n');
    expect(group.last?.text).toHaveLength(4095);
    await expect(surface.send(placeOf(group), view('a'.repeat(4097)), 'n2')).rejects.toMatchObject({
      problem: 'refused',
    });
  });
});

describe('what Telegram refuses', () => {
  it('entities: the same goes in plain words, once', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    telegram.fail('sendMessage', { code: 400, description: "Bad Request: can't parse entities: no" });
    const id = await surface.send(placeOf(group), view('**Hello** @ada', ['up']), 'n');
    expect(seen(group)).toEqual(['Wisecrack: **Hello** @\u2060ada [👍]']);
    telegram.fail('editMessageText', { code: 400, description: "Bad Request: can't parse entities: no" });
    await surface.edit(placeOf(group), id, view('**Bye**'));
    expect(seen(group)).toEqual(['Wisecrack: **Bye**']);
    // Even the plain words: that is the end of it.
    telegram.fail('sendMessage', { code: 400, description: "Bad Request: can't parse entities: no", times: 2 });
    await expect(surface.send(placeOf(group), view('**x**'), 'n2')).rejects.toMatchObject({ problem: 'refused' });
    expect(telegram.requestsOf('sendMessage')).toHaveLength(4);
  });

  it('too much at once, for minutes', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    telegram.fail('sendMessage', { retryAfter: 240 });
    await expect(surface.send(placeOf(group), view('x'), 'n')).rejects.toMatchObject({
      problem: 'limited',
      retryAfterMs: 240_000,
    });
    expect(telegram.requestsOf('sendMessage')).toHaveLength(1);
  });

  it('somebody who has blocked the bot, a chat that is gone, one that the bot is not in, a closed topic', async () => {
    const ada = telegram.addUser({ first_name: 'Ada' });
    ada.writes('hi');
    ada.blocks();
    await expect(surface.send(placeOf(ada.chat), view('x'), 'n')).rejects.toMatchObject({ problem: 'forbidden' });
    await expect(surface.send({ channel: '-100777' }, view('x'), 'n')).rejects.toMatchObject({
      problem: 'place-gone',
    });
    const group = telegram.addGroup({ title: 'Club' });
    const id = await surface.send(placeOf(group), view('x'), 'n');
    group.kickBot();
    await expect(surface.edit(placeOf(group), id, view('y'))).rejects.toMatchObject({ problem: 'place-gone' });
    await surface.remove(placeOf(group), id);
    const forum = telegram.addGroup({ title: 'Forum', forum: true });
    const topic = forum.addTopic('Towels');
    forum.closeTopic(topic);
    const place = placeOf(forum, { extra: { topic: `${topic.id}` } });
    await expect(surface.send(place, view('x'), 'n')).rejects.toMatchObject({ problem: 'forbidden' });
    forum.deleteTopic(topic);
    await expect(surface.send(place, view('x'), 'n')).rejects.toMatchObject({ problem: 'place-gone' });
  });

  it('an edit of a message that somebody has deleted', async () => {
    const ada = telegram.addUser({ first_name: 'Ada' });
    const group = telegram.addGroup({ title: 'Club', admins: [ada] });
    const id = await surface.send(placeOf(group), view('x'), 'n');
    ada.deletes(await group.message('x'));
    await expect(surface.edit(placeOf(group), id, view('y'))).rejects.toMatchObject({ problem: 'message-gone' });
  });

  it('a question that is gone is answered all the same', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    await surface.send(placeOf(group, { replyTo: `${group.id}/999` }), view('x'), 'n');
    expect(seen(group)).toEqual(['Wisecrack: x']);
  });

  it('no answer, and no connection', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    telegram.hang('sendMessage', { done: true });
    await expect(surface.send(placeOf(group), view('x'), 'n')).rejects.toMatchObject({ problem: 'unknown' });
    await telegram.close();
    await expect(surface.send(placeOf(group), view('x'), 'n')).rejects.toMatchObject({ problem: 'unsent' });
    telegram = await startFakeTelegram();
  });

  it('a request that is no longer wanted is given up', async () => {
    const group = telegram.addGroup({ title: 'Club' });
    telegram.hang('sendMessage', { done: false, socket: 'open' });
    const enough = new AbortController();
    const sent = surface.send(placeOf(group), view('x'), 'n', enough.signal);
    await telegram.until(() => telegram.requestsOf('sendMessage').length > 0);
    enough.abort();
    await expect(sent).rejects.toMatchObject({ problem: 'unknown' });
  });
});

describe('a group that has become a supergroup', () => {
  it('is answered there, and it is told once', async () => {
    const ada = telegram.addUser({ first_name: 'Ada' });
    const group = telegram.addGroup({ title: 'Club' });
    const question = ada.says(group, 'hi');
    const place = placeOf(group, { replyTo: `${group.id}/${question.id}` });
    const old = await surface.send(place, view('before'), 'n');
    const heir = group.migrate();
    const id = await surface.send(place, view('after'), 'n2');
    expect(id).toMatch(new RegExp(`^${heir.id}/`));
    expect(await heir.sees('after')).toBe('Wisecrack: after');
    await surface.edit(place, id, view('later'));
    expect(await heir.sees('later')).toBe('Wisecrack: later');
    expect(moved).toEqual([[group.id, heir.id]]);
    // What was said before cannot be changed any more: it is to be said anew.
    await expect(surface.edit(place, old, view('again'))).rejects.toMatchObject({ problem: 'locked' });
    await surface.remove(place, old);
  });
});

describe('in private', () => {
  const chatWith = () => {
    const ada = telegram.addUser({ first_name: 'Ada' });
    ada.writes('hi');
    return ada.chat;
  };

  it('a reply grows as a preview, and is sent when it is over', async () => {
    const chat = chatWith();
    const draft = await surface.send(placeOf(chat), view('Hel', ['stop'], 'telegram:7/1'), 'nonce');
    expect(draft).toMatch(new RegExp(`^draft/${chat.id}/[1-9]\\d*$`));
    expect(chat.shows()).toEqual(['Ada: hi', '(draft) Hel [Stop]']);
    expect(surface.jobOfDraft(draft)).toBe('telegram:7/1');
    await surface.edit(placeOf(chat), draft, view('**Hello**', ['stop']));
    expect(chat.shows().at(-1)).toBe('(draft) <b>Hello</b> [Stop]');
    const over = view('**Hello** there', ['retry', 'up', 'down']);
    await expect(surface.edit(placeOf(chat), draft, over)).rejects.toMatchObject({ problem: 'preview' });
    const id = await surface.send(placeOf(chat), over, 'nonce2');
    await surface.remove(placeOf(chat), draft);
    expect(chat.shows()).toEqual(['Ada: hi', 'Wisecrack: <b>Hello</b> there [Retry] [👍] [👎]']);
    expect(id).toMatch(/^\d+\/\d+$/);
    expect(surface.jobOfDraft(draft)).toBeUndefined();
  });

  it('the same nonce is the same preview, also after a restart', async () => {
    const chat = chatWith();
    const first = await surface.send(placeOf(chat), view('a', ['stop']), 'nonce');
    const again = open();
    expect(await again.send(placeOf(chat), view('ab', ['stop']), 'nonce')).toBe(first);
    expect(chat.drafts).toMatchObject([{ text: 'ab', frames: 2 }]);
    expect(await again.send(placeOf(chat), view('x', ['stop']), 'other')).not.toBe(first);
    again.close();
  });

  it('a preview is shown again before it fades, until it is over', async () => {
    const chat = chatWith();
    const quick = open({ refreshMs: 50 });
    const draft = await quick.send(placeOf(chat), view('waiting', ['stop']), 'n');
    await telegram.until(() => (chat.drafts[0]?.frames ?? 0) >= 4);
    await quick.remove(placeOf(chat), draft);
    await telegram.settled({ quietMs: 200 });
    const { drafts } = chat.counts;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(chat.counts.drafts).toBe(drafts);
    quick.close();
  });

  it('where the server has no previews, a reply grows by edits, and it is asked only once', async () => {
    telegram.world.drafts = false;
    const chat = chatWith();
    const id = await surface.send(placeOf(chat), view('Hel', ['stop']), 'n');
    expect(chat.shows().at(-1)).toBe('Wisecrack: Hel [Stop]');
    await surface.edit(placeOf(chat), id, view('Hello', ['stop']));
    await surface.send(placeOf(chat), view('next', ['stop']), 'n2');
    expect(telegram.requestsOf('sendMessageDraft')).toHaveLength(1);
  });

  it('a preview that the server does not take any more is to be sent', async () => {
    const chat = chatWith();
    const draft = await surface.send(placeOf(chat), view('Hel', ['stop']), 'n');
    telegram.fail('sendMessageDraft', { code: 400, description: 'Bad Request: no' });
    await expect(surface.edit(placeOf(chat), draft, view('Hello', ['stop']))).rejects.toMatchObject({
      problem: 'preview',
    });
    await surface.send(placeOf(chat), view('Hello', ['stop']), 'n2');
    expect(chat.shows().at(-1)).toBe('Wisecrack: Hello [Stop]');
  });

  it('a 429 of a preview is told', async () => {
    const chat = chatWith();
    telegram.fail('sendMessageDraft', { retryAfter: 7 });
    await expect(surface.send(placeOf(chat), view('x', ['stop']), 'n')).rejects.toMatchObject({
      problem: 'limited',
      retryAfterMs: 7000,
    });
    expect(chat.counts.sends).toBe(0);
  });

  it('without previews if they are not wanted', async () => {
    const chat = chatWith();
    await open({ drafts: false }).send(placeOf(chat), view('x', ['stop']), 'n');
    expect(chat.shows().at(-1)).toBe('Wisecrack: x [Stop]');
  });
});
