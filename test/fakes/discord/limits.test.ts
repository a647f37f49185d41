import { type Client, DiscordAPIError, RateLimitError, type TextChannel } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logIn } from './fixtures/client.ts';
import { type Channel, type FakeDiscord, type FakeDiscordOptions, startFakeDiscord } from './index.ts';

let discord: FakeDiscord;
let general: Channel;
let client: Client<true> | undefined;

async function begin(options: FakeDiscordOptions = {}, rest = {}): Promise<TextChannel> {
  discord = await startFakeDiscord(options);
  general = discord.addGuild({ name: 'Home' }).addChannel('general');
  client = await logIn(discord, { rest });
  return client.channels.cache.get(general.id) as TextChannel;
}

/** A request without the manners of discord.js. */
async function post(content: string, channel = general) {
  const answer = await fetch(`${discord.url}/v10/channels/${channel.id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

beforeEach(() => {
  client = undefined;
});

afterEach(async () => {
  await client?.destroy();
  await discord.close();
});

/** As many as Discord takes, in a time that no machine is too slow for. */
const fiveAMinute = { 'message-create': { requests: 5, perMs: 60_000 } };

describe('rate limits', () => {
  it('are told in headers, and a client that heeds them never meets 429', async () => {
    const channel = await begin({ limits: { 'message-create': { requests: 2, perMs: 300 } } });
    await Promise.all(Array.from({ length: 6 }, (_, at) => channel.send(`${at}`)));
    expect(general.shows()).toHaveLength(6);
    expect(discord.counts).toMatchObject({ limited: 0, violations: 0 });
  });

  it('answer 429 to whoever does not, and count those that do not wait', async () => {
    await begin({ limits: fiveAMinute });
    const first = await post('0');
    expect(first.headers.get('x-ratelimit-limit')).toBe('5');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('4');
    expect(first.headers.get('x-ratelimit-bucket')).toMatch(/^[0-9a-f]{32}$/);
    expect(Number(first.headers.get('x-ratelimit-reset-after'))).toBeGreaterThan(0);
    for (let at = 1; at < 5; at++) expect((await post(`${at}`)).status).toBe(200);
    const sixth = await post('5');
    expect(sixth.status).toBe(429);
    expect(sixth.body).toMatchObject({ global: false });
    expect(sixth.body.retry_after).toBeGreaterThan(0);
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThanOrEqual(sixth.body.retry_after as number);
    expect(sixth.headers.get('x-ratelimit-scope')).toBe('user');
    expect(discord.counts).toMatchObject({ limited: 1, violations: 0, invalid: 1 });
    await post('6');
    expect(discord.counts).toMatchObject({ limited: 2, violations: 1 });
    discord.clock.forward(61_000);
    expect((await post('7')).status).toBe(200);
    expect(discord.counts.violations).toBe(1);
  });

  it('are one for each channel, and another for edits', async () => {
    const channel = await begin({ limits: fiveAMinute });
    const other = discord.addGuild({ name: 'Other' }).addChannel('other');
    for (let at = 0; at < 5; at++) await post(`${at}`);
    expect((await post('x')).status).toBe(429);
    expect((await post('x', other)).status).toBe(200);
    const [message] = general.messages.values();
    await channel.messages.edit(message?.id ?? '', 'edited');
    expect(general.shows()[0]).toBe('Wisecrack: edited');
  });

  it('have one over all, from which interactions are exempt', async () => {
    await begin();
    discord.limits.set('global', { requests: 3, perMs: 60_000 });
    const many = { requests: 100, perMs: 1000 };
    discord.limits.set('message-create', many);
    for (let at = 0; at < 3; at++) await post(`${at}`);
    const answer = await post('3');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('x-ratelimit-global')).toBe('true');
    expect(answer.body.global).toBe(true);
    const callback = await fetch(`${discord.url}/v10/interactions/1/none/callback`, { method: 'POST' });
    expect(callback.status).toBe(404);
  });

  it('on demand: discord.js waits and tries again, or says so when it is told to', async () => {
    const channel = await begin();
    const planned = discord.fail('POST /channels/*/messages', { status: 429, retryAfterMs: 200 });
    await channel.send('patient');
    expect(planned.hits).toBe(1);
    expect(discord.counts).toMatchObject({ limited: 1, violations: 0 });
    expect(general.shows()).toEqual(['Wisecrack: patient']);
    await client?.destroy();
    client = await logIn(discord, { rest: { rejectOnRateLimit: ['/channels'] } });
    discord.fail('POST /channels/*/messages', { status: 429, retryAfterMs: 200 });
    const impatient = (client.channels.cache.get(general.id) as TextChannel).send('impatient');
    await expect(impatient).rejects.toThrow(RateLimitError);
  });
});

describe('faults', () => {
  it('fail with the code that is asked for, as often as it is asked for', async () => {
    const channel = await begin();
    const planned = discord.fail(/^POST .*\/messages$/, { status: 403, code: 50013, message: 'No', times: 2 });
    for (let at = 0; at < 2; at++) await expect(channel.send('a')).rejects.toMatchObject({ code: 50013 });
    await channel.send('b');
    expect(planned.hits).toBe(2);
    expect(discord.requestsOf('POST /channels/*/messages').map(({ status }) => status)).toEqual([403, 403, 200]);
  });

  it('leave the outcome unknown: done or not, torn or waiting', async () => {
    const channel = await begin({}, { retries: 0, timeout: 1000 });
    discord.hang('POST /channels/*/messages', { done: true });
    await expect(channel.send('landed')).rejects.toThrow();
    expect(general.shows()).toEqual(['Wisecrack: landed']);
    discord.hang('POST /channels/*/messages', { done: false });
    await expect(channel.send('lost')).rejects.toThrow();
    discord.hang('POST /channels/*/messages', { done: true, socket: 'open' });
    await expect(channel.send('in silence')).rejects.toThrow();
    expect(general.shows()).toEqual(['Wisecrack: landed', 'Wisecrack: in silence']);
  });

  it('let answers come late while the work is done', async () => {
    const channel = await begin();
    discord.slow('POST /channels/*/messages', { ms: 500, times: 1 });
    const sending = channel.send('slow');
    await discord.until(() => general.shows().includes('Wisecrack: slow'));
    expect(discord.requestsOf('POST /channels/*/messages').at(-1)?.status).toBe(0);
    await sending;
    await channel.send('fast');
    expect(discord.requestsOf('POST /channels/*/messages').map(({ status }) => status)).toEqual([200, 200]);
  });

  it('stand for an outage until it is over', async () => {
    const channel = await begin({}, { retries: 0 });
    discord.outage('503');
    await expect(channel.send('a')).rejects.toMatchObject({ status: 503 });
    discord.outage('reset');
    await expect(channel.send('b')).rejects.not.toBeInstanceOf(DiscordAPIError);
    discord.outage(false);
    await channel.send('c');
    expect(general.shows()).toEqual(['Wisecrack: c']);
  });

  it('edits of old messages can be limited as Discord does it, with a 429', async () => {
    const channel = await begin({ oldEdits: { retryAfterMs: 100 } }, { rejectOnRateLimit: ['/channels'] });
    const sent = await channel.send('a');
    discord.clock.forward(3_601_000);
    await expect(sent.edit('b')).rejects.toThrow(RateLimitError);
    expect(discord.requestsOf('PATCH /channels/*/messages/*').at(-1)).toMatchObject({ status: 429, code: 30046 });
  });
});

describe('the log', () => {
  it('keeps the last requests and waits for silence', async () => {
    const channel = await begin({ keepRequests: 3 });
    for (let at = 0; at < 5; at++) await channel.send(`${at}`);
    await discord.settled({ quietMs: 50 });
    expect(discord.requests.map(({ body }) => (body as { content: string }).content)).toEqual(['2', '3', '4']);
    await expect(discord.until(() => false, 20, 'the impossible')).rejects.toThrow('in vain for the impossible');
  });
});
