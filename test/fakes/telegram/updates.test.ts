import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bot, webhookCallback } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newBot, poll, refusal } from './fixtures/bot.ts';
import { type FakeTelegram, type Person, startFakeTelegram, type Update } from './index.ts';

let telegram: FakeTelegram;
let bot: Bot;
let ann: Person;

beforeEach(async () => {
  telegram = await startFakeTelegram({ webhookRetryMs: 30 });
  bot = newBot(telegram);
  ann = telegram.addUser({ first_name: 'Ann' });
});

afterEach(() => telegram.close());

async function get(parameters: object): Promise<readonly Update[]> {
  return (await bot.api.raw.getUpdates(parameters)) as unknown as Update[];
}

const textsOf = (updates: readonly Update[]) => updates.map((update) => (update.message as { text: string }).text);

describe('long polling', () => {
  it('gives what has come, as often as it is not confirmed', async () => {
    for (const text of ['a', 'b', 'c']) ann.writes(text);
    const first = await get({ limit: 2 });
    expect(textsOf(first)).toEqual(['a', 'b']);
    expect(first.map(({ update_id }) => update_id)).toEqual([100_001, 100_002]);
    expect(textsOf(await get({}))).toEqual(['a', 'b', 'c']);
    expect(textsOf(await get({ offset: 100_002 }))).toEqual(['b', 'c']);
    expect(textsOf(await get({ offset: -1 }))).toEqual(['c']);
    expect(textsOf(await get({}))).toEqual(['c']);
    expect(await get({ offset: 100_004 })).toEqual([]);
    expect(telegram.counts.pending).toBe(0);
  });

  it('waits for what comes', async () => {
    const waiting = get({ timeout: 50 });
    await telegram.until(() => telegram.updates.poll.open);
    ann.writes('at last');
    expect(textsOf(await waiting)).toEqual(['at last']);
  });

  it('is for one consumer: another one ends it with a conflict', async () => {
    const first = refusal(get({ timeout: 50 }));
    await telegram.until(() => telegram.updates.poll.open);
    const second = get({ timeout: 50 });
    expect(await first).toBe(
      'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    );
    ann.writes('for the second');
    expect(textsOf(await second)).toEqual(['for the second']);
    expect(telegram.counts.conflicts).toBe(1);
  });

  it('is free again when whoever asked has gone', async () => {
    const gone = new AbortController();
    const asking = fetch(`${telegram.url}/bot${telegram.token}/getUpdates?timeout=50`, { signal: gone.signal });
    await telegram.until(() => telegram.updates.poll.open);
    gone.abort();
    await expect(asking).rejects.toThrow();
    await telegram.until(() => !telegram.updates.poll.open);
    ann.writes('x');
    expect(textsOf(await get({ timeout: 50 }))).toEqual(['x']);
    expect(telegram.counts.conflicts).toBe(0);
  });

  it('gives only the kinds that are wanted, of those that come afterwards', async () => {
    ann.edits(ann.writes('a'), 'b');
    await get({ allowed_updates: ['edited_message'] });
    ann.edits(ann.writes('c'), 'd');
    const kinds = (await get({})).map((update) => Object.keys(update)[1]);
    expect(kinds).toEqual(['message', 'edited_message', 'edited_message']);
    await get({ offset: 200_000, allowed_updates: [] });
    ann.reacts(ann.writes('e'), '👍');
    expect((await get({})).map((update) => Object.keys(update)[1])).toEqual(['message']);
    await get({ offset: 200_000, allowed_updates: ['message_reaction'] });
    ann.reacts(ann.writes('f'), '👍');
    expect(await get({})).toMatchObject([{ message_reaction: { new_reaction: [{ type: 'emoji', emoji: '👍' }] } }]);
  });

  it('serves a real bot, which confirms when it stops', async () => {
    const heard: string[] = [];
    bot.on('message:text', ({ message }) => void heard.push(message.text));
    bot.on('edited_message:text', ({ editedMessage }) => void heard.push(`edited ${editedMessage.text}`));
    await poll(telegram, bot);
    ann.edits(ann.writes('a'), 'b');
    await telegram.until(() => heard.length === 2);
    await bot.stop();
    expect(heard).toEqual(['a', 'edited b']);
    expect(telegram.counts.pending).toBe(0);
  });

  it('can give the same update twice', async () => {
    const heard: number[] = [];
    bot.on('message', ({ update }) => void heard.push(update.update_id));
    await poll(telegram, bot);
    ann.writes('a');
    await telegram.until(() => heard.length === 1 && telegram.counts.pending === 0);
    telegram.repeats({ update_id: 100_001, message: ann.chat.last?.json() });
    await telegram.until(() => heard.length === 2 && telegram.counts.pending === 0);
    await bot.stop();
    expect(heard).toEqual([100_001, 100_001]);
  });
});

describe('a webhook', () => {
  let server: Server;
  let url: string;
  /** What the webhook answers with, first to last; 200 by the bot after that. */
  let answers: number[];
  let secrets: (string | undefined)[];

  beforeEach(async () => {
    answers = [];
    secrets = [];
    const handle = webhookCallback(bot, 'http', { secretToken: 'open-sesame' });
    server = createServer((request, response) => {
      secrets.push(request.headers['x-telegram-bot-api-secret-token'] as string | undefined);
      const status = answers.shift();
      if (status === undefined) void handle(request, response);
      else response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is called with the secret, and again until it answers 200', async () => {
    bot.on('message:text', (context) => context.reply(context.message.text.toUpperCase()));
    ann.writes('before');
    await bot.api.setWebhook(url, { secret_token: 'open-sesame' });
    await ann.chat.sees('BEFORE');
    answers = [500, 404];
    ann.writes('a');
    ann.writes('b');
    await ann.chat.sees(/: B$/);
    await telegram.until(() => telegram.counts.pending === 0);
    expect(ann.chat.shows().slice(-4)).toEqual(['Ann: a', 'Ann: b', 'Wisecrack: A', 'Wisecrack: B']);
    expect(telegram.updates.webhook?.deliveries.map(({ status }) => status)).toEqual([200, 500, 404, 200, 200]);
    expect(new Set(secrets)).toEqual(new Set(['open-sesame']));
    expect(await bot.api.getWebhookInfo()).toMatchObject({
      url,
      pending_update_count: 0,
      last_error_message: 'Wrong response from the webhook: 404 Not Found',
    });
  });

  it('turns away who does not know the secret', async () => {
    await bot.api.setWebhook(url, { secret_token: 'another' });
    ann.writes('a');
    await telegram.until(() => telegram.updates.webhook?.deliveries.some(({ status }) => status === 401));
    expect(telegram.counts.pending).toBe(1);
  });

  it('keeps out long polling until it is deleted', async () => {
    const polling = refusal(get({ timeout: 50 }));
    await telegram.until(() => telegram.updates.poll.open);
    await bot.api.setWebhook(url);
    expect(await polling).toBe('Conflict: terminated by setWebhook request');
    expect(await refusal(get({}))).toContain("can't use getUpdates method while webhook is active");
    await bot.api.deleteWebhook({ drop_pending_updates: true });
    ann.writes('a');
    expect(textsOf(await get({}))).toEqual(['a']);
    expect((await bot.api.getWebhookInfo()).url).toBe('');
  });

  it('can answer with a call', async () => {
    server.removeAllListeners('request');
    server.on('request', (_, response) => {
      response.end(JSON.stringify({ method: 'sendMessage', chat_id: ann.id, text: 'by the way' }));
    });
    await bot.api.setWebhook(url);
    ann.writes('a');
    await ann.chat.sees('Wisecrack: by the way');
  });

  it('must be one that Telegram would call', async () => {
    expect(await refusal(bot.api.setWebhook('http://example.com/hook'))).toContain('An HTTPS URL must be provided');
    expect(await refusal(bot.api.setWebhook('nonsense'))).toContain('bad webhook');
    expect(await refusal(bot.api.setWebhook(url, { secret_token: 'no good' }))).toContain('unallowed characters');
  });
});
