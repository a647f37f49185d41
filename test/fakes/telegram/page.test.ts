import { request } from 'node:http';
import type { Bot } from 'grammy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newBot, poll } from './fixtures/bot.ts';
import { openPlayground, type Playground } from './page/open.ts';
import type { snapshot } from './page/snapshot.ts';

type Snapshot = ReturnType<typeof snapshot>;

let playground: Playground;
let bot: Bot;
let heard: string[];

beforeAll(async () => {
  playground = await openPlayground({ port: 0 });
  bot = newBot(playground.telegram);
  heard = [];
  bot.on('message:text', ({ message }) => void heard.push(message.text));
  bot.on('stopped_message_generation', ({ update }) => void heard.push(Object.keys(update)[1] ?? ''));
  bot.on('callback_query:data', (context) => context.answerCallbackQuery(`you pressed ${context.callbackQuery.data}`));
  bot.on('inline_query', (context) =>
    context.answerInlineQuery([
      {
        type: 'article',
        id: 'a',
        title: 'An answer',
        input_message_content: { message_text: `so: ${context.inlineQuery.query}` },
      },
    ]),
  );
  await bot.api.setMyCommands([{ command: 'ask', description: 'Ask something' }]);
  await bot.api.setMyCommands([{ command: 'ask', description: '问点什么' }], { language_code: 'zh' });
  await poll(playground.telegram, bot);
});

afterAll(async () => {
  await bot.stop();
  await playground.close();
});

/** Reads what the page is sent, until it is like this. */
async function sees(fits: (shown: Snapshot) => boolean, where: { user?: number; place?: string } = {}) {
  const { user = '', place = '' } = where;
  const leave = AbortSignal.timeout(60_000);
  const answer = await fetch(`${playground.page.url}/events?user=${user}&place=${place}`, { signal: leave });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const shown = JSON.parse(part.replace(/^data: /, '')) as Snapshot;
      if (fits(shown)) return shown;
    }
  }
  throw new Error('the stream has ended');
}

async function act(body: object) {
  const answer = await fetch(`${playground.page.url}/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as { error?: string; query?: string; results?: { id: string; title: string }[] };
  return { status: answer.status, json };
}

describe('the page', () => {
  it('is one file that loads nothing from elsewhere and lets no markup of others run', async () => {
    const answer = await fetch(playground.page.url);
    const html = await answer.text();
    const nonce = /script-src 'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];
    expect(html).toContain(`<script nonce="${nonce}">`);
    expect(html).not.toMatch(/https?:|innerHTML|insertAdjacentHTML|document\.write/);
    expect(html).not.toContain('NONCE');
  });

  it('knows people, places and commands, in their languages', async () => {
    const shown = await sees(() => true);
    expect(shown.people.map(({ name }) => name)).toEqual(['Ann', 'Ben', '小明']);
    expect(shown.places.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'private Wisecrack',
      'group Playground',
      'group Forum',
      'topic Jokes',
      'topic Serious matters',
    ]);
    expect(shown.commands).toEqual([{ name: '/ask', description: 'Ask something' }]);
    const xiaoming = await sees(() => true, { user: shown.people[2]?.id ?? 0 });
    expect(xiaoming.commands).toEqual([{ name: '/ask', description: '问点什么' }]);
  });

  it('starts, talks, presses and stops in a private chat, and shows what comes back while it comes', async () => {
    const { me: user, place, started } = await sees(() => true);
    expect(started).toBe(false);
    await act({ act: 'start', user, place, payload: 'persona_x' });
    await playground.telegram.until(() => heard.includes('/start persona_x'));
    await bot.api.sendChatAction(user, 'typing');
    await sees(({ action }) => action === 'typing', { user, place });
    await bot.api.sendMessageDraft(user, 7, '<b>Hel</b>', { parse_mode: 'HTML', can_stop: true });
    const drafting = await sees(({ drafts }) => drafts.length > 0, { user, place });
    expect(drafting.drafts[0]).toMatchObject({ runs: [{ text: 'Hel', styles: ['bold'] }], canStop: true });
    await act({ act: 'stop', user, place, draft: 7 });
    await playground.telegram.until(() => heard.includes('stopped_message_generation'));

    await bot.api.sendMessage(user, 'a <a href="https://example.com">b</a>', {
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'Go', callback_data: 'go' }]] },
    });
    const answered = await sees(({ messages }) => messages.at(-1)?.buttons.length === 1, { user, place });
    const message = answered.messages.at(-1);
    expect(message?.runs).toEqual([
      { text: 'a ', styles: [] },
      { text: 'b', styles: ['text_link'], url: 'https://example.com/' },
    ]);
    await act({ act: 'press', user, place, message: message?.id, button: 'go' });
    const told = await sees(({ answers }) => answers.length > 0, { user, place });
    expect(told.answers[0]?.text).toBe('you pressed go');

    await act({ act: 'say', user, place, text: '<i>hi</i>', replyTo: message?.id });
    const said = (await sees(({ messages }) => messages.at(-1)?.text === '<i>hi</i>', { user, place })).messages.at(-1);
    expect(said?.reply).toEqual({ author: 'Wisecrack', text: 'a b' });
    await act({ act: 'edit', user, place, message: said?.id, text: 'hello' });
    await sees(({ messages }) => messages.at(-1)?.text === 'hello', { user, place });
    await act({ act: 'delete', user, place, message: said?.id });
    await sees(({ messages }) => messages.at(-1)?.id === message?.id, { user, place });
    await act({ act: 'block', user, place });
    await sees(({ blocked }) => blocked, { user, place });
  });

  it('asks inline and sends what was found, in a group and in a topic of a forum', async () => {
    const { people, places } = await sees(() => true);
    const user = people[1]?.id ?? 0;
    const group = places[1]?.id ?? '';
    const { json } = await act({ act: 'inline', user, place: group, query: 'why' });
    expect(json.results).toEqual([{ id: 'a', title: 'An answer', description: '' }]);
    await act({ act: 'choose', user, place: group, query: json.query, result: 'a' });
    const shown = await sees(({ messages }) => messages.at(-1)?.text === 'so: why', { user, place: group });
    expect(shown.messages.at(-1)?.via).toBe('wisecrack_bot');

    const topic = places[3]?.id ?? '';
    await act({ act: 'say', user, place: topic, text: '/ask a joke' });
    await playground.telegram.until(() => heard.includes('/ask a joke'));
    const seen = await sees(() => true, { user, place: topic });
    expect(seen.messages.map(({ text, service }) => service ?? text)).toEqual(['forum_topic_created', '/ask a joke']);
    expect((await sees(() => true, { user, place: places[4]?.id ?? '' })).messages).toHaveLength(1);
  });

  it('says in words what does not work', async () => {
    const { people, places } = await sees(() => true);
    const about = { user: people[1]?.id ?? 0, place: places[1]?.id ?? '' };
    expect((await act({ act: 'press', ...about, message: 999, button: 'x' })).json.error).toBe('the message is gone');
    expect((await act({ act: 'stop', ...about, draft: 1 })).json.error).toBe('there is no draft');
    expect((await act({ act: 'nonsense' })).status).toBe(400);
  });

  it('answers nobody who comes by another name or from another site', async () => {
    const status = (headers: Record<string, string>, method = 'GET', path = '/') =>
      new Promise<number | undefined>((resolve, reject) => {
        const asked = request(`${playground.page.url}${path}`, { headers, method }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asked.on('error', reject).end(method === 'POST' ? '{}' : undefined);
      });
    expect(await status({ host: 'evil.example' })).toBe(403);
    const json = { 'content-type': 'application/json' };
    expect(await status({ ...json, origin: 'http://evil.example' }, 'POST', '/act')).toBe(403);
    expect(await status({ 'content-type': 'text/plain' }, 'POST', '/act')).toBe(403);
    expect(await status(json, 'POST', '/act')).toBe(400);
  });
});
