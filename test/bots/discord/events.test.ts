import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDiscord } from '../../../bots/discord/index.ts';
import { type Channel, type Guild, type Person, startFakeDiscord } from '../../fakes/discord/index.ts';
import { asPersona, openStage, type Stage, view } from './fixtures/stage.ts';

const many = { requests: 1000, perMs: 1000 };
const generous = {
  'message-create': many,
  'message-edit': many,
  webhook: many,
  interaction: many,
  other: many,
  global: many,
};

let stage: Stage;
let home: Guild;
let general: Channel;
let ann: Person;
let ben: Person;

beforeAll(async () => {
  stage = await openStage({ limits: generous }, { messageContent: true }, (discord) => {
    home = discord.addGuild({ name: 'Home', locale: 'zh-CN' });
    ann = discord.addUser({ name: 'Ann' });
    ben = discord.addUser({ name: 'Ben', locale: 'zh-CN' });
  });
});
afterAll(() => stage.close());

beforeEach(() => {
  general = home.addChannel('general');
  const { ears } = stage;
  for (const list of [ears.heard, ears.edits, ears.deletions, ears.pressed, ears.commands]) list.length = 0;
  ears.onHear = () => undefined;
  ears.answer = { text: 'For your eyes only' };
});

/** The next thing in a list. */
const first = <Value>(list: readonly Value[]) => stage.discord.until(() => list[0], 60_000, 'something to be heard');

describe('what the bot hears', () => {
  it('is a mention, with who, where and what', async () => {
    const message = ann.says(general, 'ask <@1100000000000000001>?', { mentions: [stage.discord.bot] });
    expect(await first(stage.ears.heard)).toMatchObject({
      id: message.id,
      by: { id: ann.id, name: 'Ann', isBot: false, canManage: false, locale: 'zh-CN' },
      at: {
        conversation: `discord:${general.id}`,
        server: home.id,
        direct: false,
        place: { channel: general.id, replyTo: message.id, extra: { locale: 'zh-CN' } },
      },
      text: 'ask @Wisecrack?',
      addressed: 'mention',
    });
  });

  it('is a direct message', async () => {
    ann.says(ann.dm(), 'psst');
    expect(await first(stage.ears.heard)).toMatchObject({ text: 'psst', addressed: 'direct', at: { direct: true } });
  });

  it('is a reply to what it said, and a reply to others', async () => {
    const { surface, discord, ears } = stage;
    const id = await surface.send({ channel: general.id }, view('I said so'), 'r1');
    const own = await discord.until(() => general.messages.get(id));
    ann.says(general, 'really?', { replyTo: own, ping: false });
    expect(await first(ears.heard)).toMatchObject({
      addressed: 'reply',
      replyTo: { id, text: 'I said so', name: 'Wisecrack', own: true },
    });
    ears.heard.length = 0;
    ben.says(general, 'yes', { replyTo: ann.says(general, 'no?') });
    await discord.until(() => ears.heard.length === 2);
    expect(ears.heard[1]).toMatchObject({ addressed: 'none', replyTo: { name: 'Ann', text: 'no?', own: false } });
  });

  it('is its own thread', async () => {
    const thread = general.addThread('aside');
    ann.says(thread, 'hello');
    expect(await first(stage.ears.heard)).toMatchObject({
      addressed: 'thread',
      at: { channel: thread.id, parentChannel: general.id, place: { extra: { parent: general.id } } },
    });
  });

  it('is an edit, but not the preview of a link', async () => {
    const message = ann.says(general, 'one');
    await first(stage.ears.heard);
    stage.discord.gateway.inject('MESSAGE_UPDATE', message.eventJson(true));
    ann.edits(message, 'two');
    expect(await first(stage.ears.edits)).toMatchObject({ id: message.id, text: 'two' });
    expect(stage.ears.edits).toHaveLength(1);
  });

  it('is an edit in direct messages that were begun before it started', async () => {
    const { discord, ears } = stage;
    const cleo = discord.addUser({ name: 'Cleo' });
    discord.gateway.refuse(true);
    discord.gateway.drop();
    const message = cleo.says(cleo.dm(), 'befroe');
    discord.gateway.forget();
    discord.gateway.refuse(false);
    await discord.until(() => discord.gateway.live === 1);
    cleo.edits(message, 'before');
    expect(await first(ears.edits)).toMatchObject({ text: 'before', addressed: 'direct', by: { name: 'Cleo' } });
    expect(ears.heard).toEqual([]);
  });

  it('is a deletion, also of what it has never seen, of many, and of a channel', async () => {
    const { discord, ears } = stage;
    const conversation = `discord:${general.id}`;
    const [a, b] = [ann.says(general, 'a'), ben.says(general, 'b')];
    discord.gateway.inject('MESSAGE_DELETE', { id: '77', channel_id: general.id, guild_id: home.id });
    discord.deleteMany(general, [a, b]);
    general.delete();
    await discord.until(() => ears.deletions.length === 3);
    expect(ears.deletions).toEqual([
      { conversation, ids: ['77'] },
      { conversation, ids: [a.id, b.id] },
      { conversation, ids: [] },
    ]);
  });

  it('is never itself', async () => {
    await stage.surface.send({ channel: general.id }, view('hello me'), 'self');
    await stage.surface.send(asPersona({ channel: general.id }), view('Ahoy', { persona: 'Old Brine' }), 'brine');
    await general.sees('Old Brine: Ahoy');
    ann.says(general, 'hello all');
    expect((await first(stage.ears.heard)).text).toBe('hello all');
  });

  it.each(['drop', 'reconnect'] as const)('is also what was said while the connection was away (%s)', async (how) => {
    stage.discord.gateway[how]();
    ann.says(general, 'while away');
    expect((await first(stage.ears.heard)).text).toBe('while away');
  });

  it('goes on in a new session when the old one is lost', async () => {
    const { discord, ears } = stage;
    discord.gateway.invalidate();
    await discord.until(() => {
      ann.says(general, 'back');
      return ears.heard.length > 0;
    });
    // What was said once too often is heard, too, before the next test listens.
    ann.says(general, 'and well');
    await discord.until(() => ears.heard.some(({ text }) => text === 'and well'));
  });

  it('survives a handler that throws', async () => {
    const { ears, log } = stage;
    ears.onHear = () => Promise.reject(new Error('boom'));
    ann.says(general, 'one');
    await stage.discord.until(() => log.some((line) => line.includes('boom')));
    ears.onHear = () => undefined;
    ears.heard.length = 0;
    ann.says(general, 'two');
    expect((await first(ears.heard)).text).toBe('two');
  });
});

describe('slash commands', () => {
  it('are answered in private', async () => {
    const asked = ben.slash(general, 'persona', { name: 'pirate', scope: 'channel' });
    await asked.sees('For your eyes only');
    expect(stage.ears.commands).toMatchObject([
      {
        name: 'persona',
        options: { name: 'pirate', scope: 'channel' },
        by: { id: ben.id, locale: 'zh-CN', canManage: false },
        at: { server: home.id, conversation: `discord:${general.id}`, place: { channel: general.id } },
      },
    ]);
    expect(general.shows()).toEqual([]);
  });

  it('have long answers in parts', async () => {
    stage.ears.answer = { text: `${'x'.repeat(1500)}\n${'y'.repeat(1500)}` };
    const asked = ann.slash(general, 'help');
    await asked.sees(/y{1500}$/);
    expect(asked.shows()).toHaveLength(2);
  });

  it('say that it is done when there is nothing to say', async () => {
    stage.ears.answer = {};
    await ben.slash(general, 'reset').sees('好了。');
  });

  it('set what those may set who manage the server', async () => {
    home.grant(ann, home.addRole('Boss', { permissions: ['ManageGuild'] }));
    await ann.slash(general, 'settings retention', { value: 30, where: 'channel' }).sees('For your eyes only');
    expect(stage.ears.commands).toMatchObject([
      { name: 'settings', options: { key: 'retention', value: '30', scope: 'channel' }, by: { canManage: true } },
    ]);
    expect(() => ben.slash(general, 'settings show')).toThrow();
  });

  it('suggest personas', async () => {
    expect(await ann.autocomplete(general, 'persona', { name: 'old' })).toEqual([
      { name: 'Old Brine', value: 'pirate' },
    ]);
  });

  it('ask, and are answered where all can see it, by several messages if need be', async () => {
    const { ears, surface } = stage;
    ears.onHear = async ({ at: { place } }) => {
      const id = await surface.send(place, view('Ahoy', { buttons: ['stop'] }), 'a1');
      await surface.edit(place, id, view('Ahoy, first part'));
      await surface.send(place, view('Second part', { buttons: ['retry'] }), 'a2');
    };
    const asked = ann.slash(general, 'ask', { text: 'who are you?', persona: 'pirate' });
    await asked.sees('Second part');
    expect(ears.heard).toMatchObject([{ id: asked.id, text: 'who are you?', addressed: 'command', persona: 'pirate' }]);
    expect(JSON.stringify(ears.heard)).not.toContain(asked.token);
    expect(asked.shows()).toEqual(['Wisecrack: Ahoy, first part', 'Wisecrack: Second part [Retry]']);
  });

  it('ask for the news and a catch-up as they ask questions, where all can see it', async () => {
    const { ears, surface } = stage;
    ears.onHear = ({ at: { place } }) => surface.send(place, view('Ahoy'), 'n1');
    await ann.slash(general, 'catchup', { since: '2h' }).sees('Ahoy');
    await ann.slash(general, 'catchup').sees('Ahoy');
    await ann.slash(general, 'news', { topic: 'cats' }).sees('Ahoy');
    expect(ears.heard.map(({ wish, addressed }) => ({ ...wish, addressed }))).toEqual([
      { kind: 'catchup', range: '2h', addressed: 'command' },
      { kind: 'catchup', range: '', addressed: 'command' },
      { kind: 'news', topic: 'cats', addressed: 'command' },
    ]);
    expect(ears.heard[0]?.at.adult).toBe(false);
  });

  it('are answered by a message of the bot when a quarter of an hour has passed', async () => {
    const { ears, surface, discord } = stage;
    const asked = ann.slash(general, 'ask', { text: 'slow one' });
    const { at } = await first(ears.heard);
    await asked.answered();
    discord.clock.forward(16 * 60_000);
    await surface.send(at.place, view('At last'), 'late');
    await general.sees('Wisecrack: At last');
  });

  it('are answered as far as it goes when the acknowledgement comes too late', async () => {
    const { discord, ears, log } = stage;
    discord.fail('POST /interactions/*/*/callback', { status: 404, code: 10062 });
    ann.slash(general, 'ask', { text: 'hurry' });
    const { at } = await first(ears.heard);
    expect(at.place.extra?.interaction).toBeUndefined();
    await discord.until(() => log.some((line) => line.startsWith('Discord did not wait')));
    discord.fail('POST /interactions/*/*/callback', { status: 404, code: 10062 });
    ann.slash(general, 'help');
    await discord.settled();
    expect(ears.commands).toEqual([]);
  });

  it('are seen to when the acknowledgement had arrived already', async () => {
    stage.discord.hang('POST /interactions/*/*/callback', { done: true });
    await ann.slash(general, 'status').sees('For your eyes only');
  });
});

describe('buttons', () => {
  it('act on their reply, and answer only who pressed', async () => {
    const { discord, surface, ears } = stage;
    const id = await surface.send(
      { channel: general.id },
      view('Talking', { buttons: ['stop'], jobId: 'discord:42' }),
      'b1',
    );
    const message = await discord.until(() => general.messages.get(id));
    const pressed = ben.presses(message, 'Stop');
    await pressed.sees('For your eyes only');
    expect(ears.pressed).toMatchObject([{ button: 'stop', jobId: 'discord:42', by: { id: ben.id } }]);
    expect(general.shows()).toEqual(['Wisecrack: Talking [Stop]']);
  });

  it('may say nothing', async () => {
    const { discord, surface, ears } = stage;
    ears.answer = {};
    const id = await surface.send({ channel: general.id }, view('Talking', { buttons: ['up'] }), 'b2');
    const pressed = ben.presses(await discord.until(() => general.messages.get(id)), 'w:up:discord:1');
    await pressed.answered();
    await discord.until(() => ears.pressed.length === 1);
    await discord.settled();
    expect(pressed.shows()).toEqual([]);
  });
});

describe('"Answer this"', () => {
  it('lets one choose who answers, and answers below the message', async () => {
    const { ears, surface } = stage;
    const target = ann.says(general, 'what is rope for, <@1100000000000000001>?');
    await first(ears.heard);
    ears.heard.length = 0;
    ears.onHear = ({ at }) => surface.send(at.place, view('For tying'), 'c1');
    const asked = ben.context(target, 'Answer this');
    const list = await asked.sees('让谁来回答');
    const chosen = ben.selects(list, `who:${target.id}`, ['pirate']);
    await general.sees('Wisecrack (reply to Ann): For tying');
    expect(ears.heard).toMatchObject([
      {
        id: chosen.id,
        by: { id: ben.id },
        text: 'what is rope for, @Wisecrack?',
        addressed: 'context',
        persona: 'pirate',
        replyTo: { id: target.id, name: 'Ann', own: false },
      },
    ]);
  });
});

describe('where the bot is not a member', () => {
  it('answers only by the interaction, and not for longer than it lasts', async () => {
    const { discord, ears, surface } = stage;
    const away = discord.addGuild({ name: 'Away', bot: false });
    const channel = away.addChannel('elsewhere');
    ann.installs();
    ears.onHear = ({ at }) => surface.send(at.place, view('Hello from afar'), 'u1');
    const asked = ann.slash(channel, 'ask', { text: 'are you here?' });
    await asked.sees('Hello from afar');
    const { at } = await first(ears.heard);
    discord.clock.forward(16 * 60_000);
    await expect(surface.send(at.place, view('Too late'), 'u2')).rejects.toMatchObject({ problem: 'place-gone' });
  });
});

describe('connecting', () => {
  it('registers commands once, and not again when they are the same', async () => {
    const { discord } = stage;
    const puts = () => discord.requestsOf(/^PUT \/applications\/\d+\/commands$/).length;
    expect(puts()).toBe(1);
    const before = discord.requestsOf(/^GET \/applications\/\d+\/commands$/).length;
    const second = await startDiscord({
      token: discord.token,
      api: discord.url,
      log: { info: () => {}, warn: () => {} },
      openBot: () => stage.ears,
    });
    await discord.until(() => discord.requestsOf(/^GET \/applications\/\d+\/commands$/).length > before);
    await discord.settled();
    expect(puts()).toBe(1);
    await second.close();
  });

  it('goes without the text of messages where that is not allowed, and says so', async () => {
    const { log, bot, close } = await openStage(
      { intentsAllowed: ((1 << 26) - 1) & ~(1 << 15) },
      { messageContent: true },
    );
    expect(bot.messageContent).toBe(false);
    expect(log.join('\n')).toContain('Message Content intent is off');
    await close();
  });

  it('goes on without it when it is switched off meanwhile', async () => {
    const { discord, log, bot, ears, close } = await openStage({}, { messageContent: true }, (fake) => {
      fake.addGuild({ name: 'Home' }).addChannel('general');
      fake.addUser({ name: 'Ann' });
    });
    discord.gateway.drop(4014);
    await discord.until(() => log.filter((line) => line.startsWith('connected')).length === 2);
    expect(bot.messageContent).toBe(false);
    discord.world.guilds.forEach((guild) => {
      const channel = [...guild.channels.values()][0];
      const someone = [...discord.world.users.values()].find(({ name }) => name === 'Ann') as Person;
      if (channel) someone.says(channel, 'hello', { mentions: [discord.bot] });
    });
    await discord.until(() => ears.heard.length === 1);
    await close();
  });

  it.each([
    [4004, 'WISECRACK_DISCORD_TOKEN_INVALID'],
    [4011, 'WISECRACK_DISCORD_SHARDS_NEEDED'],
    [4012, 'WISECRACK_DISCORD_CLOSED'],
  ])('tells when Discord closes for good with %i', async (closeCode, code) => {
    const ends: string[] = [];
    const { discord, close } = await openStage({}, { onEnd: (error) => ends.push(error.code) });
    discord.gateway.drop(closeCode);
    await discord.until(() => ends.length > 0);
    expect(ends).toEqual([code]);
    await close();
  });

  it('fails at once with a wrong token, without showing it', async () => {
    const start = openStage({ token: 'right-token' }, { token: 'wrong-token' });
    await expect(start).rejects.toMatchObject({ code: 'WISECRACK_DISCORD_TOKEN_INVALID' });
    await expect(start).rejects.not.toThrow(/wrong-token/);
  });

  it('waits for Discord when it is away', async () => {
    const discord = await startFakeDiscord();
    discord.outage('reset');
    const log: string[] = [];
    const starting = startDiscord({
      token: discord.token,
      api: discord.url,
      log: { info: () => {}, warn: (_, message) => void log.push(message) },
      openBot: () => stage.ears,
    });
    await discord.until(() => log.includes('Discord is away'));
    discord.outage(false);
    const bot = await starting;
    expect(bot.me.name).toBe('Wisecrack');
    await bot.close();
    await discord.close();
  });

  it('can be given up', async () => {
    const stop = new AbortController();
    const discord = await startFakeDiscord();
    discord.outage('reset');
    const warn = () => stop.abort();
    const starting = startDiscord({
      ...{ token: discord.token, api: discord.url, signal: stop.signal },
      log: { info: () => {}, warn },
      openBot: () => stage.ears,
    });
    await expect(starting).rejects.toThrow();
    await discord.close();
  });
});

it('has pinged nobody in all of this', () => {
  expect(stage.discord.pings).toEqual([]);
});
