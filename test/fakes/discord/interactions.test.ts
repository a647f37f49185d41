import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  DiscordAPIError,
  Events,
  type Interaction as Heard,
  type MessageContextMenuCommandInteraction,
  MessageFlags,
  type ModalSubmitInteraction,
} from 'discord.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { logIn } from './fixtures/client.ts';
import { type Channel, type FakeDiscord, type Guild, type Person, startFakeDiscord } from './index.ts';

let discord: FakeDiscord;
let guild: Guild;
let general: Channel;
let ann: Person;
let client: Client<true>;

const stop = { type: 1, components: [{ type: 2, style: 4, label: 'Stop', custom_id: 'stop:7' }] };

const commands = [
  {
    name: 'ask',
    description: 'Ask something',
    description_localizations: { 'zh-CN': '问点什么' },
    options: [
      { type: 3, name: 'text', description: 'What', required: true },
      { type: 6, name: 'about', description: 'Whom' },
    ],
    integration_types: [0, 1],
    contexts: [0, 1, 2],
  },
  {
    name: 'persona',
    description: 'Change the voice',
    options: [
      {
        type: 1,
        name: 'set',
        description: 'Set it',
        options: [{ type: 3, name: 'name', description: 'Which', autocomplete: true, required: true }],
      },
    ],
  },
  { name: 'settings', description: 'Settings', default_member_permissions: '32' },
  { type: 3, name: 'Answer this' },
];

beforeAll(async () => {
  const many = { requests: 1000, perMs: 1000 };
  discord = await startFakeDiscord({
    limits: { webhook: many, interaction: many, global: many },
    interactionMs: 10_000,
  });
  guild = discord.addGuild({ name: 'Home', locale: 'de' });
  ann = discord.addUser({ name: 'Ann', locale: 'zh-CN' });
  client = await logIn(discord);
  await client.application.commands.set(commands as never);
});

beforeEach(() => {
  general = guild.addChannel('general');
});

afterEach(() => {
  client.removeAllListeners(Events.InteractionCreate);
});

afterAll(async () => {
  await client.destroy();
  await discord.close();
});

/** Lets the bot do this with the next interaction. @returns what comes of it. */
function next<Kind extends Heard, Value>(work: (interaction: Kind) => Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    client.once(Events.InteractionCreate, (interaction) => work(interaction as Kind).then(resolve, reject));
  });
}

async function codeOf(work: Promise<unknown>): Promise<number | string> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof DiscordAPIError)) throw new Error(`expected Discord to refuse, but: ${error}`);
  return error.code;
}

describe('commands', () => {
  it('are registered once, keep their ids, and come back with their languages', async () => {
    const before = await client.application.commands.fetch({ withLocalizations: true });
    const after = await client.application.commands.set(commands as never);
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(before.find(({ name }) => name === 'ask')?.descriptionLocalizations?.['zh-CN']).toBe('问点什么');
    const own = await client.guilds.cache.get(guild.id)?.commands.create({ name: 'local', description: 'Here only' });
    await own?.edit({ description: 'Only here' });
    expect(discord.world.commands.list(guild).map(({ description }) => description)).toEqual(['Only here']);
    await own?.delete();
    expect(discord.world.commands.list(guild)).toEqual([]);
  });

  it('that are badly formed are refused, and nothing changes', async () => {
    const bad = [{ name: 'Big Name', description: 'x' }];
    expect(await codeOf(client.application.commands.set(bad as never))).toBe(50035);
    expect(discord.world.commands.list()).toHaveLength(4);
  });

  it('are offered only as they are registered', () => {
    expect(() => ann.slash(general, 'nothing')).toThrow('no command nothing');
    expect(() => ann.slash(general, 'ask')).toThrow('needs the option text');
    expect(() => ann.slash(general, 'ask', { text: 'a', more: 'b' })).toThrow('no option more');
    expect(() => ann.slash(general, 'settings')).toThrow('may not use');
  });

  it('carry options, language, place and member', async () => {
    const heard = next(async (interaction: ChatInputCommandInteraction) => {
      await interaction.reply('ok');
      return {
        text: interaction.options.getString('text'),
        about: interaction.options.getUser('about')?.username,
        locale: interaction.locale,
        guildLocale: interaction.guildLocale,
        guild: interaction.guild?.name,
        channel: interaction.channel?.id,
        member: interaction.memberPermissions?.has('SendMessages'),
        app: interaction.appPermissions.has('ManageWebhooks'),
      };
    });
    ann.slash(general, 'ask', { text: 'why?', about: ann });
    expect(await heard).toEqual({
      text: 'why?',
      about: 'Ann',
      locale: 'zh-CN',
      guildLocale: 'de',
      guild: 'Home',
      channel: general.id,
      member: true,
      app: true,
    });
  });
});

describe('answers', () => {
  it('can be deferred, edited, followed up and taken back, for all to see', async () => {
    const work = next(async (interaction: ChatInputCommandInteraction) => {
      await interaction.deferReply();
      expect(general.shows()).toEqual(['Wisecrack: (thinking)']);
      await interaction.editReply({ content: 'Hel', components: [stop] });
      expect(general.shows()).toEqual(['Wisecrack: Hel [Stop]']);
      await interaction.editReply({ content: 'Hello', components: [] });
      const more = await interaction.followUp('More');
      expect(general.shows()).toEqual(['Wisecrack: Hello', 'Wisecrack: More']);
      await interaction.editReply({ message: more, content: 'Most' });
      await interaction.deleteReply();
      expect((await interaction.fetchReply(more.id)).content).toBe('Most');
    });
    const asked = ann.slash(general, 'ask', { text: 'a' });
    await work;
    expect(asked.shows()).toEqual(['Wisecrack: Most']);
    expect(general.shows()).toEqual(['Wisecrack: Most']);
  });

  it('that were taken back before they were there are followed by messages of their own', async () => {
    const work = next(async (interaction: ChatInputCommandInteraction) => {
      await interaction.deferReply();
      await interaction.deleteReply();
      await interaction.followUp('After all');
    });
    const asked = ann.slash(general, 'ask', { text: 'a' });
    await work;
    expect(asked.shows()).toEqual(['Wisecrack: After all']);
  });

  it('can be for one person only', async () => {
    const heard: string[] = [];
    client.on(Events.MessageCreate, ({ content }) => void heard.push(content));
    const work = next(async (interaction: ChatInputCommandInteraction) => {
      const { resource } = await interaction.reply({
        content: 'psst',
        flags: MessageFlags.Ephemeral,
        withResponse: true,
      });
      expect(resource?.message?.flags.has('Ephemeral')).toBe(true);
      await interaction.editReply('psst!');
      await interaction.followUp('aloud');
    });
    const asked = ann.slash(general, 'ask', { text: 'a' });
    await work;
    expect(asked.shows()).toEqual(['Wisecrack: psst!', 'Wisecrack: aloud']);
    expect(general.shows()).toEqual(['Wisecrack: aloud']);
    await discord.until(() => heard.length > 0);
    expect(heard).toEqual(['aloud']);
    client.removeAllListeners(Events.MessageCreate);
  });

  it('are refused when they come too late, and when they come twice', async () => {
    const late = next(async (interaction: ChatInputCommandInteraction) => {
      discord.clock.forward(11_000);
      return codeOf(interaction.deferReply());
    });
    const asked = ann.slash(general, 'ask', { text: 'a' });
    expect(await late).toBe(10062);
    expect(asked.shows()).toEqual(['The application did not respond']);
    const twice = next(async (interaction: ChatInputCommandInteraction) => {
      await interaction.deferReply();
      const again = { body: { type: 5 }, auth: false } as const;
      return codeOf(client.rest.post(`/interactions/${interaction.id}/${interaction.token}/callback`, again));
    });
    ann.slash(general, 'ask', { text: 'a' });
    expect(await twice).toBe(40060);
  });

  it('can be edited for fifteen minutes, and not before the first', async () => {
    const work = next(async (interaction: ChatInputCommandInteraction) => {
      const { webhook } = interaction;
      const early = await codeOf(webhook.send('too early'));
      await interaction.reply('a');
      discord.clock.forward(14 * 60_000);
      await interaction.editReply('b');
      discord.clock.forward(2 * 60_000);
      return [early, await codeOf(interaction.editReply('c'))];
    });
    const asked = ann.slash(general, 'ask', { text: 'a' });
    expect(await work).toEqual([10015, 50027]);
    expect(asked.shows()).toEqual(['Wisecrack: b']);
  });

  it('are checked like messages', async () => {
    const work = next(async (interaction: ChatInputCommandInteraction) => [
      await codeOf(interaction.reply('x'.repeat(2001))),
      await codeOf(interaction.reply(' ')),
    ]);
    ann.slash(general, 'ask', { text: 'a' });
    expect(await work).toEqual([50035, 50006]);
  });

  it('work in direct messages', async () => {
    const work = next(async (interaction: ChatInputCommandInteraction) => {
      expect(interaction.guildId).toBeNull();
      await interaction.reply('here');
    });
    ann.slash(ann.dm(), 'ask', { text: 'a' });
    await work;
    expect(ann.dm().shows()).toEqual(['Wisecrack: here']);
  });
});

describe('the rest of the Discord app', () => {
  it('suggests while one types', async () => {
    void next(async (interaction: AutocompleteInteraction) => {
      const { name, value } = interaction.options.getFocused(true);
      await interaction.respond([{ name: `${interaction.options.getSubcommand()} ${name} ${value}`, value: 'pirate' }]);
    });
    const choices = await ann.autocomplete(general, 'persona set', { name: 'pi' });
    expect(choices).toEqual([{ name: 'set name pi', value: 'pirate' }]);
  });

  it('offers commands on messages', async () => {
    const said = ann.says(general, 'answer me');
    const work = next(async (interaction: MessageContextMenuCommandInteraction) => {
      await interaction.reply(`re: ${interaction.targetMessage.content}`);
    });
    const asked = ann.context(said, 'Answer this');
    await work;
    expect(asked.shows()).toEqual(['Wisecrack: re: answer me']);
  });

  it('has buttons, which update the message or answer in private', async () => {
    const channel = await client.channels.fetch(general.id);
    if (!channel?.isSendable()) throw new Error('no channel');
    const sent = await channel.send({ content: 'running', components: [stop] });
    const message = await general.sees('running');
    const pressed = next(async (interaction: ButtonInteraction) => {
      expect(interaction.customId).toBe('stop:7');
      expect(interaction.message.id).toBe(sent.id);
      await interaction.update({ content: 'stopped', components: [] });
      await interaction.followUp({ content: 'as you wish', flags: MessageFlags.Ephemeral });
    });
    const asked = ann.presses(message, 'Stop');
    await pressed;
    expect(general.shows()).toEqual(['Wisecrack: stopped']);
    expect(asked.shows()).toEqual(['Wisecrack: as you wish']);
    expect(() => ann.presses(message, 'Stop')).toThrow('no button');
  });

  it('has buttons whose update is deferred', async () => {
    const channel = await client.channels.fetch(general.id);
    if (!channel?.isSendable()) throw new Error('no channel');
    await channel.send({ content: 'running', components: [stop] });
    const pressed = next(async (interaction: ButtonInteraction) => {
      await interaction.deferUpdate();
      await interaction.editReply({ content: 'done', components: [] });
    });
    ann.presses(await general.sees('running'), 'stop:7');
    await pressed;
    expect(general.shows()).toEqual(['Wisecrack: done']);
  });

  it('opens forms and sends them', async () => {
    const opens = next((interaction: ChatInputCommandInteraction) =>
      interaction.showModal({
        title: 'Why?',
        customId: 'why',
        components: [{ type: 1, components: [{ type: 4, customId: 'reason', label: 'Reason', style: 1 }] }],
      }),
    );
    const asked = await ann.slash(general, 'ask', { text: 'a' }).answered();
    await opens;
    expect(asked.modal?.title).toBe('Why?');
    const sent = next(async (interaction: ModalSubmitInteraction) => {
      await interaction.reply(`because ${interaction.fields.getTextInputValue('reason')}`);
    });
    const submitted = ann.submits(asked, { reason: 'it is' });
    await sent;
    expect(submitted.shows()).toEqual(['Wisecrack: because it is']);
  });
});

describe('where only a user has installed the app', () => {
  it('nothing but answers to interactions works, and five follow-ups at most', async () => {
    const elsewhere = discord.addGuild({ name: 'Elsewhere', bot: false });
    const foreign = elsewhere.addChannel('foreign');
    expect(() => ann.slash(foreign, 'ask', { text: 'a' })).toThrow('not installed');
    ann.installs();
    const work = next(async (interaction: ChatInputCommandInteraction) => {
      expect(interaction.guildId).toBe(elsewhere.id);
      expect(interaction.guild).toBeNull();
      expect(interaction.authorizingIntegrationOwners).toMatchObject({ 1: ann.id });
      await interaction.reply('a');
      await interaction.editReply('b');
      for (let at = 0; at < 5; at++) await interaction.followUp(`${at}`);
      const sixth = await codeOf(interaction.followUp('5'));
      const plain = await codeOf(client.rest.post(`/channels/${foreign.id}/messages`, { body: { content: 'x' } }));
      return [sixth, plain, await codeOf(client.rest.get(`/guilds/${elsewhere.id}`))];
    });
    ann.slash(foreign, 'ask', { text: 'a' });
    expect(await work).toEqual([40094, 50001, 10004]);
    expect(foreign.shows()).toEqual(['b', '0', '1', '2', '3', '4'].map((text) => `Wisecrack: ${text}`));
  });

  it('answers are private where the server does not want them seen', async () => {
    const strict = discord.addGuild({ name: 'Strict', bot: false });
    strict.revoke('UseExternalApps');
    const channel = strict.addChannel('quiet');
    ann.installs();
    const work = next((interaction: ChatInputCommandInteraction) => interaction.reply('a'));
    const asked = ann.slash(channel, 'ask', { text: 'a' });
    await work;
    expect(asked.shows()).toEqual(['Wisecrack: a']);
    expect(channel.shows()).toEqual([]);
  });
});
