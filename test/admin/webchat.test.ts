import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../queue/fixtures/messages.ts';
import { gate } from '../queue/fixtures/script.ts';
import type { Client, Events } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
let owner: Client;
let operator: Client;
let viewer: Client;
beforeAll(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
  operator = await stage.invited(owner, 'operator', 'Otto');
  viewer = await stage.invited(owner, 'viewer', 'Vera');
  await stage.work();
});
afterAll(() => stage.close());

const language = 'en';
const tokenOf = (link: string) => link.split('#')[1] ?? '';
const invite = async (settings: object = {}) => (await operator.post('/api/chat/invites', settings)).body;

/** Somebody who has come in by an invite. */
async function guest(name = 'Ann'): Promise<Client> {
  const client = stage.browser();
  const { status } = await client.post('/api/chat/join', { token: tokenOf((await invite()).link), name });
  expect(status).toBe(200);
  return client;
}

const say = async (client: Client, text: string) =>
  (await client.post('/api/chat/messages', { said: randomUUID(), text, language })).body.id as string;

/** The messages as a page has them, by what it was told so far. */
function messagesOf(events: Events) {
  // biome-ignore lint/suspicious/noExplicitAny: as the stream gives them
  let messages: any[] = [];
  for (const { event, data } of events.all) {
    if (event === 'state') messages = data.messages.slice();
    if (event === 'removed') messages = messages.filter(({ id }) => !data.ids.includes(id));
    if (event === 'message') {
      const at = messages.findIndex(({ id }) => id === data.id);
      messages.splice(at < 0 ? messages.length : at, at < 0 ? 0 : 1, data);
    }
    if (event === 'text') {
      messages = messages.map((it) =>
        it.id === data.id ? { ...it, text: it.text.slice(0, data.from) + data.text } : it,
      );
    }
  }
  return messages;
}
const replied = (events: Events) => until(() => messagesOf(events).at(-1)?.buttons.includes('retry'), 60_000);

test('a guest comes in by an invite, once, and has a session of their own', async () => {
  const { link, id } = await invite({ note: 'for Ann' });
  expect(link).toMatch(/\/chat#[\w-]{43}$/);
  const ann = stage.browser();
  expect((await ann.get('/api/chat/session')).body).toEqual({ person: null });
  const joined = await ann.post('/api/chat/join', { token: tokenOf(link), name: ' Ann ' });
  expect([joined.status, joined.body]).toEqual([200, { name: 'Ann', role: null }]);
  expect(joined.headers.getSetCookie().join()).toMatch(/^wisecrack_guest=.*HttpOnly.*SameSite=Strict/);
  expect((await ann.get('/api/chat/session')).body).toEqual({ person: { name: 'Ann', role: null } });
  const second = await stage.browser().post('/api/chat/join', { token: tokenOf(link), name: 'Bob' });
  expect([second.status, second.body.code]).toEqual([410, 'WISECRACK_CHAT_LINK_INVALID']);
  const acts = (await owner.get('/api/audit')).body;
  expect(JSON.stringify(acts)).toContain(id);
});

test('of many who use an invite for two at once, two come in', async () => {
  const token = tokenOf((await invite({ uses: 2 })).link);
  const all = await Promise.all(
    Array.from({ length: 8 }, (_, at) => stage.browser().post('/api/chat/join', { token, name: `Nr ${at}` })),
  );
  expect(all.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(6).fill(410)]);
});

test('an invite that is wrong, taken back or too old lets nobody in', async () => {
  const join = (token: string) => stage.browser().post('/api/chat/join', { token, name: 'Eve' });
  expect((await join('wrong')).status).toBe(410);
  const { link, id } = await invite();
  expect((await operator.send('DELETE', `/api/chat/invites/${id}`)).status).toBe(204);
  expect((await join(tokenOf(link))).status).toBe(410);
  expect((await operator.send('DELETE', `/api/chat/invites/${id}`)).status).toBe(404);
  const { hashOf } = await import('../../admin/server/auth/secrets.ts');
  await stage.queue.guests.openInvite(hashOf('old'), { by: 'Otto', note: '', uses: 1, expiresAt: Date.now() - 1 });
  expect((await join('old')).status).toBe(410);
});

test('an invite to the chat opens no dashboard, and one to the dashboard no chat for guests', async () => {
  const ann = await guest();
  for (const path of ['/api/now', '/api/conversations', '/api/chat/invites', '/api/chat/guests', '/api/logs']) {
    expect((await ann.get(path)).status).toBe(401);
  }
  const { link } = (await owner.post('/api/invites', { role: 'viewer' })).body;
  expect((await stage.browser().post('/api/chat/join', { token: tokenOf(link), name: 'Eve' })).status).toBe(410);
});

test('a viewer may chat but not invite; a token is nobody who chats', async () => {
  expect((await viewer.get('/api/chat/session')).body).toEqual({ person: { name: 'Vera', role: 'viewer' } });
  expect((await viewer.post('/api/chat/invites', {})).status).toBe(403);
  const { token } = (await owner.post('/api/tokens', { name: 'script', role: 'operator' })).body;
  const script = stage.browser();
  expect((await script.get('/api/chat/personas', { authorization: `Bearer ${token}` })).status).toBe(401);
});

test('a chat streams: the whole first, then what is new of a text that grows', async () => {
  const more = gate();
  stage.scripted.when('story', ['Once upon a time. ', more.opened, 'There was an end.']);
  const ann = await guest();
  const events = await ann.stream('/api/chat/events');
  await until(() => events.of('state').length === 1);
  await say(ann, 'A story, please');
  await until(() => messagesOf(events).at(-1)?.text.startsWith('Once upon a time.'), 60_000);
  more.open();
  await replied(events);
  expect(messagesOf(events).map(({ role, text }) => [role, text])).toEqual([
    ['person', 'A story, please'],
    ['bot', 'Once upon a time. There was an end.'],
  ]);
  // Nobody is told a job.
  expect(JSON.stringify(events.all)).not.toContain('jobId');
  const again = await ann.stream('/api/chat/events');
  await until(() => again.of('state').length === 1);
  expect(messagesOf(again)).toEqual(messagesOf(events));
  events.close();
  again.close();
});

test('one guest sees and touches nothing of another’s chat', async () => {
  const [ann, bob] = [await guest('Ann'), await guest('Bob')];
  const bobs = await bob.stream('/api/chat/events');
  const anns = await ann.stream('/api/chat/events');
  const id = await say(ann, 'my secret');
  await replied(anns);
  const reply = messagesOf(anns).at(-1).id;
  const path = `/api/chat/messages/${id}`;
  expect((await bob.send('PATCH', path, { text: 'yours', language })).status).toBe(404);
  expect((await bob.send('DELETE', path)).status).toBe(404);
  const press = await bob.post(`/api/chat/messages/${reply}/press`, { button: 'retry', language });
  expect([press.status, press.body.code]).toEqual([404, 'WISECRACK_ADMIN_NOT_FOUND']);
  expect(messagesOf(anns).map(({ text }) => text)).toEqual(['my secret', 'guide heard: my secret.']);
  expect(bobs.all.filter(({ event }) => event !== 'state')).toEqual([]);
  expect(JSON.stringify(bobs.all)).not.toContain('secret');
  anns.close();
  bobs.close();
});

test('a guest who is let in no longer is out at once, and so is their open page', async () => {
  const ann = await guest('Gone');
  const events = await ann.stream('/api/chat/events');
  expect(events.status).toBe(200);
  const [{ id, user }] = (await operator.get('/api/chat/guests')).body.filter(
    ({ name }: { name: string }) => name === 'Gone',
  );
  expect(user).toBe(`web:guest.${id}`);
  expect((await operator.send('DELETE', `/api/chat/guests/${id}`)).status).toBe(204);
  expect((await ann.post('/api/chat/messages', { said: randomUUID(), text: 'Hello?', language })).status).toBe(401);
  await events.ended;
});

test('who leaves is out, with every open page', async () => {
  const ann = await guest();
  const events = await ann.stream('/api/chat/events');
  expect(events.status).toBe(200);
  const { cookie } = ann;
  expect((await ann.post('/api/chat/leave')).status).toBe(204);
  await events.ended;
  ann.cookie = cookie;
  expect((await ann.get('/api/chat/personas')).status).toBe(401);
});

test('another site can neither say something nor let somebody in', async () => {
  const ann = await guest();
  const from = { 'sec-fetch-site': 'cross-site' };
  const message = { said: randomUUID(), text: 'forged', language };
  expect((await ann.post('/api/chat/messages', message, from)).status).toBe(403);
  expect((await ann.post('/api/chat/commands', { name: 'reset', language }, from)).status).toBe(403);
  const token = tokenOf((await invite()).link);
  expect((await stage.browser().post('/api/chat/join', { token, name: 'Eve' }, from)).status).toBe(403);
});

test('what is no name, no text, no button and no command is refused', async () => {
  const token = tokenOf((await invite()).link);
  for (const name of ['', ' ', '<b>x</b>', 'a\u202eb', 'x'.repeat(41), 'a\nb']) {
    expect((await stage.browser().post('/api/chat/join', { token, name })).status).toBe(400);
  }
  const ann = await guest('陈 大文');
  for (const wrong of [
    { said: 'x', text: 'Hi', language },
    { said: randomUUID(), text: ' ', language },
    { said: randomUUID(), text: 'x'.repeat(20_001), language },
  ]) {
    expect((await ann.post('/api/chat/messages', wrong)).status).toBe(400);
  }
  expect((await ann.post('/api/chat/messages/x/press', { button: 'erase', language })).status).toBe(400);
  expect((await ann.post('/api/chat/commands', { name: 'shutdown', language })).status).toBe(400);
});

test('Redis and the log hold neither an invite’s secret nor a session’s', async () => {
  const { link } = await invite({ uses: 2 });
  const ann = stage.browser();
  await ann.post('/api/chat/join', { token: tokenOf(link), name: 'Ann' });
  const session = ann.cookie.split('=')[1] ?? '';
  const redis = stage.server.connect();
  const kept: string[] = [];
  for (const key of await redis.keys('*')) {
    kept.push(key);
    if ((await redis.type(key)) === 'string') kept.push((await redis.get(key)) ?? '');
    if ((await redis.type(key)) === 'set') kept.push(...(await redis.smembers(key)));
    if ((await redis.type(key)) === 'hash') kept.push(JSON.stringify(await redis.hgetall(key)));
  }
  redis.disconnect();
  const all = kept.join('\n') + stage.logged.join('\n');
  expect(session).toMatch(/^[\w-]{43}$/);
  for (const secret of [tokenOf(link), session]) expect(all).not.toContain(secret);
});

test('an account that is removed leaves no chat to whoever has the name next', async () => {
  const tim = await stage.invited(owner, 'viewer', 'Tim T');
  const events = await tim.stream('/api/chat/events');
  await say(tim, 'between us');
  await replied(events);
  events.close();
  expect((await owner.send('DELETE', '/api/accounts/Tim%20T')).status).toBe(204);
  const next = await stage.invited(owner, 'viewer', 'tim t');
  const again = await next.stream('/api/chat/events');
  await until(() => again.of('state').length === 1);
  expect(messagesOf(again)).toEqual([]);
  again.close();
});

test('/catchup is answered in the chat, and what cannot be read is told', async () => {
  const ann = await guest();
  const events = await ann.stream('/api/chat/events');
  await until(() => events.of('state').length === 1);
  for (const text of ['Tea is at five.', 'And cake.']) {
    await say(ann, text);
    await replied(events);
  }
  await say(ann, '/catchup 3');
  await until(() => messagesOf(events).length === 6);
  await replied(events);
  expect(messagesOf(events).at(-1).text).toBe('guide heard: What was said in the last 3 messages?.');
  await say(ann, '/catchup yesteryear');
  await until(() => messagesOf(events).at(-1)?.text.includes('yesteryear') && messagesOf(events).at(-1).role === 'bot');
  events.close();
});

test('/persona lists and chooses, and the page knows who answers', async () => {
  const ann = await guest();
  const { personas, current } = (await ann.get('/api/chat/personas')).body;
  expect(current).toBe('guide');
  expect(personas.length).toBeGreaterThan(5);
  const { body } = await ann.post('/api/chat/commands', {
    name: 'persona',
    options: { name: 'pirate' },
    language: 'zh',
  });
  expect(body.text).toContain('Brine');
  expect((await ann.get('/api/chat/personas')).body.current).toBe('pirate');
});
