import { type Client, DiscordAPIError, Events, type Message, MessageFlags, type TextChannel } from 'discord.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logIn, usualIntents } from './fixtures/client.ts';
import { type Channel, type FakeDiscord, type Guild, type Person, startFakeDiscord } from './index.ts';

let discord: FakeDiscord;
let guild: Guild;
let general: Channel;
let ann: Person;
let ben: Person;
let client: Client<true>;
let channel: TextChannel;

const row = (...buttons: object[]) => ({ type: 1, components: buttons });
const button = (label: string, custom_id = label) => ({ type: 2, style: 2, label, custom_id });

async function codeOf(work: Promise<unknown>): Promise<number | string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof DiscordAPIError)) throw new Error(`expected Discord to refuse, but: ${error}`);
  return error.code;
}

beforeAll(async () => {
  const many = { requests: 1000, perMs: 1000 };
  discord = await startFakeDiscord({
    limits: { 'message-create': many, 'message-edit': many, 'message-delete': many, reaction: many, global: many },
    oldEdits: { status: 400 },
  });
  guild = discord.addGuild({ name: 'Home' });
  ann = discord.addUser({ name: 'Ann' });
  ben = discord.addUser({ name: 'Ben' });
  client = await logIn(discord);
});

beforeEach(async () => {
  general = guild.addChannel({ name: 'general' });
  channel = (await client.channels.fetch(general.id)) as TextChannel;
});

afterEach(() => {
  client.removeAllListeners(Events.MessageCreate);
});

afterAll(async () => {
  await client.destroy();
  await discord.close();
});

function hears(event: typeof Events.MessageCreate = Events.MessageCreate): Promise<Message> {
  return new Promise((resolve) => client.once(event, resolve));
}

describe('messages', () => {
  it('reach the bot, and its reply, edit and deletion are what a reader sees', async () => {
    const heard = hears();
    const question = ann.says(general, 'hi', { mentions: [discord.bot] });
    const message = await heard;
    expect(message.content).toBe(`<@${discord.appId}> hi`);
    expect(message.mentions.has(client.user)).toBe(true);
    expect(message.member?.displayName).toBe('Ann');

    const reply = await message.reply({ content: 'Hel', components: [row(button('Stop'))] });
    expect(general.shows()).toEqual([`Ann: <@${discord.appId}> hi`, 'Wisecrack (reply to Ann): Hel [Stop]']);
    await reply.edit({ content: 'Hello', components: [] });
    expect(general.shows()[1]).toBe('Wisecrack (reply to Ann): Hello');
    expect(general.messages.get(reply.id)?.edits).toBe(1);
    ann.deletes(question);
    expect(general.shows()).toEqual(['Wisecrack (reply to a deleted message): Hello']);
    await reply.delete();
    expect(general.shows()).toEqual([]);
    expect(general.history.map(({ kind }) => kind)).toEqual(['create', 'create', 'edit', 'delete', 'delete']);
  });

  it('are one message when they have one nonce, also for the event', async () => {
    const heard: string[] = [];
    client.on(Events.MessageCreate, (message) => void heard.push(message.content));
    const send = () => channel.send({ content: 'once', nonce: 'job-7', enforceNonce: true });
    const [first, second] = [await send(), await send()];
    expect(second.id).toBe(first.id);
    expect(general.shows()).toEqual(['Wisecrack: once']);
    await channel.send({ content: 'twice', nonce: 'job-7' });
    expect(general.shows()).toEqual(['Wisecrack: once', 'Wisecrack: twice']);
    await discord.until(() => heard.length === 2);
    expect(heard).toEqual(['once', 'twice']);
  });

  it('can be read one by one and in pages', async () => {
    const said = Array.from({ length: 7 }, (_, at) => ann.says(general, `${at}`));
    const texts = (messages: Map<string, Message>) => [...messages.values()].map(({ content }) => content);
    expect((await channel.messages.fetch(said[3]?.id ?? '')).content).toBe('3');
    expect(texts(await channel.messages.fetch({ limit: 3 }))).toEqual(['6', '5', '4']);
    expect(texts(await channel.messages.fetch({ limit: 2, before: said[4]?.id ?? '' }))).toEqual(['3', '2']);
    expect(texts(await channel.messages.fetch({ limit: 2, after: said[1]?.id ?? '' }))).toEqual(['3', '2']);
    expect(texts(await channel.messages.fetch({ limit: 3, around: said[3]?.id ?? '' }))).toEqual(['4', '3', '2']);
  });

  it('are trimmed, and keep their flag against link previews', async () => {
    const sent = await channel.send({ content: '  a https://example.com \n', flags: MessageFlags.SuppressEmbeds });
    expect(general.last?.content).toBe('a https://example.com');
    await sent.edit('b');
    expect(general.last?.suppressesEmbeds).toBe(true);
  });

  it('bring edits, deletions, bulk deletions, typing, reactions and threads of users to the bot', async () => {
    const events: string[] = [];
    const note =
      (name: string) =>
      (...given: unknown[]) =>
        void events.push(`${name} ${given.length}`);
    const said = ann.says(general, 'one');
    client.once(Events.MessageUpdate, (_, after) => void events.push(`update ${after.content}`));
    client.once(Events.MessageDelete, (gone) => void events.push(`delete ${gone.id === said.id}`));
    client.once(Events.MessageBulkDelete, (gone) => void events.push(`bulk ${gone.size}`));
    client.once(Events.TypingStart, ({ user }) => void events.push(`typing ${user?.username}`));
    client.once(Events.MessageReactionAdd, ({ emoji }) => void events.push(`reaction ${emoji.name}`));
    client.once(Events.ThreadCreate, note('thread'));
    ann.edits(said, 'two');
    ann.reacts(said, '👍');
    ann.types(general);
    const [a, b] = [ann.says(general, 'a'), ben.says(general, 'b')];
    discord.deleteMany(general, [a, b]);
    ann.deletes(said);
    ann.opens(general, 'aside');
    await discord.until(() => events.length === 6);
    expect(events).toEqual(['update two', 'reaction 👍', 'typing Ann', 'bulk 2', 'delete true', 'thread 2']);
  });

  it('go to threads and to direct messages', async () => {
    const thread = general.addThread('aside');
    const heard = hears();
    ann.says(thread, 'in here');
    const message = await heard;
    expect(message.channel.isThread()).toBe(true);
    await message.reply('aye');
    expect(thread.shows()).toEqual(['Ann: in here', 'Wisecrack (reply to Ann): aye']);

    const direct = hears();
    ann.says(ann.dm(), 'psst');
    const whisper = await direct;
    expect(whisper.guild).toBeNull();
    await whisper.reply('yes?');
    await (await client.users.fetch(ann.id)).send('what?');
    expect(ann.dm().shows()).toEqual(['Ann: psst', 'Wisecrack (reply to Ann): yes?', 'Wisecrack: what?']);
  });

  it('can be reacted to and bring typing by the bot', async () => {
    const said = ann.says(general, 'nice');
    const message = await channel.messages.fetch(said.id);
    await message.react('🎉');
    expect([...(said.reactions.get('🎉') ?? [])]).toEqual([discord.appId]);
    await message.reactions.cache.get('🎉')?.users.remove(client.user);
    expect(said.reactions.size).toBe(0);
    await channel.sendTyping();
    expect(general.typing.has(discord.appId)).toBe(true);
    await channel.send('done');
    expect(general.typing.has(discord.appId)).toBe(false);
  });
});

describe('what Discord refuses', () => {
  it('content that is too long, empty or badly formed', async () => {
    expect(await codeOf(channel.send('x'.repeat(2001)))).toBe(50035);
    expect((await channel.send('x'.repeat(2000))).content).toHaveLength(2000);
    expect(await codeOf(channel.send(' \n '))).toBe(50006);
    expect(await codeOf(channel.send({ content: 'a', nonce: 'x'.repeat(26), enforceNonce: true }))).toBe(50035);
    const five = Array.from({ length: 6 }, (_, at) => button(`b${at}`));
    expect(await codeOf(channel.send({ content: 'a', components: [row(...five)] }))).toBe(50035);
    const rows = Array.from({ length: 6 }, (_, at) => row(button(`b${at}`)));
    expect(await codeOf(channel.send({ content: 'a', components: rows }))).toBe(50035);
    const twins = [row(button('a', 'same'), button('b', 'same'))];
    expect(await codeOf(channel.send({ content: 'a', components: twins }))).toBe(50035);
    const mixed = { parse: ['users' as const], users: [ann.id] };
    expect(await codeOf(channel.send({ content: 'a', allowedMentions: mixed }))).toBe(50035);
    const many = Array.from({ length: 41 }, () => ({ type: 10, content: 'text' }));
    expect(await codeOf(channel.send({ flags: MessageFlags.IsComponentsV2, components: many }))).toBe(50035);
    expect(general.shows()).toHaveLength(1);
  });

  it('messages and channels that are not there', async () => {
    const said = ann.says(general, 'hi');
    const sent = await channel.send('a');
    const message = await channel.messages.fetch(said.id);
    ann.deletes(said);
    expect(await codeOf(message.reply('b'))).toBe(50035);
    await message.reply({ content: 'c', failIfNotExists: false });
    expect(general.last?.reference).toBeUndefined();
    expect(await codeOf(message.edit('d'))).toBe(10008);
    ann.deletes(general.messages.get(sent.id) as never);
    expect(await codeOf(sent.edit('e'))).toBe(10008);
    general.delete();
    expect(await codeOf(channel.send('f'))).toBe(10003);
  });

  it('what the bot has no permission for', async () => {
    const said = ann.says(general, 'hi');
    const message = await channel.messages.fetch(said.id);
    expect(
      await codeOf(client.rest.patch(`/channels/${general.id}/messages/${said.id}`, { body: { content: 'x' } })),
    ).toBe(50005);
    general.deny('ReadMessageHistory');
    expect(await codeOf(message.reply('a'))).toBe(160002);
    general.deny('SendMessages');
    expect(await codeOf(channel.send('a'))).toBe(50013);
    await discord.until(() => !channel.permissionsFor(client.user)?.has('SendMessages'));
    general.deny('ViewChannel');
    expect(await codeOf(channel.send('a'))).toBe(50001);
    const heard: string[] = [];
    client.on(Events.MessageCreate, ({ content }) => void heard.push(content));
    ann.says(general, 'unseen');
    general.allow(['ViewChannel', 'SendMessages', 'ReadMessageHistory']);
    ann.says(general, 'seen');
    await discord.until(() => heard.length > 0);
    expect(heard).toEqual(['seen']);
    ben.closedDms = true;
    expect(await codeOf((await client.users.fetch(ben.id)).send('hi'))).toBe(50007);
    ben.closedDms = false;
  });

  it('edits of messages older than an hour', async () => {
    const sent = await channel.send('a');
    await sent.edit('b');
    discord.clock.forward(3_601_000);
    expect(await codeOf(sent.edit('c'))).toBe(30046);
    expect(general.shows()).toEqual(['Wisecrack: b']);
  });

  it('a wrong token', async () => {
    const answer = await fetch(`${discord.url}/v10/users/@me`, { headers: { authorization: 'Bot nonsense' } });
    expect([answer.status, await answer.json()]).toEqual([401, { message: '401: Unauthorized', code: 0 }]);
  });
});

describe('pings', () => {
  const counted = () => discord.pings.length;

  it('are counted as allowed_mentions says', async () => {
    const role = guild.addRole('crew', { mentionable: true });
    const text = `<@${ann.id}> <@&${role.id}> @everyone`;
    let count = counted();
    await channel.send({ content: text, allowedMentions: { parse: [] } });
    expect(counted()).toBe(count);
    await channel.send(text);
    expect(discord.pings.at(-1)).toMatchObject({ users: ['Ann'], roles: ['crew'], everyone: false, kind: 'create' });
    await channel.send({ content: text, allowedMentions: { users: [ann.id] } });
    expect(discord.pings.at(-1)).toMatchObject({ users: ['Ann'], roles: [] });
    general.allow('MentionEveryone');
    await channel.send({ content: text, allowedMentions: { parse: ['everyone'] } });
    expect(discord.pings.at(-1)).toMatchObject({ users: [], everyone: true });
    count = counted();
    const message = await channel.messages.fetch(ann.says(general, 'hi').id);
    await message.reply({ content: 'a', allowedMentions: { repliedUser: false } });
    expect(counted()).toBe(count);
    await message.reply('b');
    expect(discord.pings.at(-1)).toMatchObject({ repliedUser: 'Ann' });
  });

  it('come with an edit that says nothing of allowed mentions', async () => {
    const sent = await channel.send({ content: 'a', allowedMentions: { parse: [] } });
    const count = counted();
    await sent.edit({ content: `<@${ben.id}>`, allowedMentions: { parse: [] } });
    expect(counted()).toBe(count);
    await sent.edit(`<@${ben.id}>!`);
    expect(discord.pings.at(-1)).toMatchObject({ kind: 'edit', users: ['Ben'] });
  });
});

describe('without the message content intent', () => {
  it('content comes only with mentions, replies that ping, direct messages and own messages', async () => {
    const intents = usualIntents.filter((intent) => intent !== 1 << 15);
    const blind = await logIn(discord, { intents });
    try {
      const heard: string[] = [];
      blind.on(Events.MessageCreate, ({ content }) => void heard.push(content));
      const sent = general.messages.get((await channel.send('own')).id);
      ann.says(general, 'secret', { attachments: [{ filename: 'a.png' }] });
      ann.says(general, 'named', { mentions: [discord.bot] });
      ann.says(general, 'reply', { replyTo: sent as never });
      ann.says(general, 'silent reply', { replyTo: sent as never, ping: false });
      ann.says(ann.dm(), 'direct');
      await discord.until(() => heard.length === 6);
      expect(heard).toEqual(['own', '', `<@${discord.appId}> named`, 'reply', '', 'direct']);
    } finally {
      await blind.destroy();
    }
  });
});
