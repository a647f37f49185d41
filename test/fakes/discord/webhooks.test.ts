import { type Client, DiscordAPIError, type TextChannel, WebhookClient } from 'discord.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logIn } from './fixtures/client.ts';
import { type Channel, type FakeDiscord, type Guild, type Person, startFakeDiscord } from './index.ts';

let discord: FakeDiscord;
let guild: Guild;
let general: Channel;
let ann: Person;
let client: Client<true>;
let channel: TextChannel;

beforeAll(async () => {
  const many = { requests: 1000, perMs: 1000 };
  discord = await startFakeDiscord({ limits: { webhook: many, global: many } });
  guild = discord.addGuild({ name: 'Home' });
  ann = discord.addUser({ name: 'Ann' });
  client = await logIn(discord);
});

beforeEach(async () => {
  general = guild.addChannel('general');
  channel = (await client.channels.fetch(general.id)) as TextChannel;
});

afterAll(async () => {
  await client.destroy();
  await discord.close();
});

async function codeOf(work: Promise<unknown>): Promise<number | string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof DiscordAPIError)) throw new Error(`expected Discord to refuse, but: ${error}`);
  return error.code;
}

describe('webhooks', () => {
  it('speak under names of their own, and can edit and delete what they said', async () => {
    const webhook = await channel.createWebhook({ name: 'Personas' });
    expect((await channel.fetchWebhooks()).map(({ id }) => id)).toEqual([webhook.id]);
    const sent = await webhook.send({ content: 'Arr', username: 'Brine', avatarURL: 'https://example.com/brine.png' });
    await webhook.send('plain');
    expect(general.shows()).toEqual(['Brine: Arr', 'Personas: plain']);
    await webhook.editMessage(sent.id, 'Arrr');
    expect(general.shows()[0]).toBe('Brine: Arrr');
    expect((await webhook.fetchMessage(sent.id)).webhookId).toBe(webhook.id);
    await webhook.deleteMessage(sent.id);
    expect(general.shows()).toEqual(['Personas: plain']);
    await webhook.delete();
    expect(await codeOf(webhook.send('gone'))).toBe(10015);
  });

  it('work with their token alone, in threads too', async () => {
    const { id, token } = await channel.createWebhook({ name: 'Personas' });
    const bare = new WebhookClient({ id, token: token ?? '' }, { rest: { api: discord.url } });
    const thread = general.addThread('aside');
    await bare.send({ content: 'in here', threadId: thread.id });
    expect(thread.shows()).toEqual(['Personas: in here']);
    const wrong = new WebhookClient({ id, token: 'nonsense' }, { rest: { api: discord.url } });
    expect(await codeOf(wrong.send('a'))).toBe(50027);
  });

  it('need a permission, a good name, and are fifteen at most', async () => {
    expect(await codeOf(channel.createWebhook({ name: 'My Discord' }))).toBe(50035);
    const webhook = await channel.createWebhook({ name: 'Personas' });
    expect(await codeOf(webhook.send({ content: 'a', username: 'Clyde' }))).toBe(50035);
    for (let at = 1; at < 15; at++) await channel.createWebhook({ name: `w${at}` });
    expect(await codeOf(channel.createWebhook({ name: 'one more' }))).toBe(30007);
    general.deny('ManageWebhooks');
    expect(await codeOf(channel.createWebhook({ name: 'Personas' }))).toBe(50013);
    expect(await codeOf(channel.fetchWebhooks())).toBe(50013);
  });

  it('can ping, and that is counted too', async () => {
    const webhook = await channel.createWebhook({ name: 'Personas' });
    const before = discord.pings.length;
    await webhook.send({ content: `@everyone <@${ann.id}>`, allowedMentions: { parse: [] } });
    expect(discord.pings.length).toBe(before);
    await webhook.send(`@everyone <@${ann.id}>`);
    expect(discord.pings.at(-1)).toMatchObject({ author: 'Personas', everyone: true, users: ['Ann'] });
  });
});

describe('members', () => {
  it('can be read one by one, in lists and by name', async () => {
    const home = client.guilds.cache.get(guild.id);
    expect((await home?.members.fetch({ user: ann.id, force: true }))?.user.username).toBe('Ann');
    expect((await home?.members.list({ limit: 10 }))?.map(({ user }) => user.username)).toContain('Ann');
    expect((await home?.members.search({ query: 'an' }))?.map(({ user }) => user.username)).toEqual(['Ann']);
    const ghost = discord.addUser({ name: 'Ghost', guilds: [] });
    expect(await codeOf(home?.members.fetch({ user: ghost.id, force: true }) ?? Promise.resolve())).toBe(10007);
  });
});
