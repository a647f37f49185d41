import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Heard } from '../../../bots/chat/heard.ts';
import { checkDiscord, inviteLink } from '../../../bots/discord/index.ts';
import { type Channel, type Guild, type Message, type Person, startFakeDiscord } from '../../fakes/discord/index.ts';
import { asPersona, openStage, type Stage, view } from './fixtures/stage.ts';

const many = { requests: 1000, perMs: 1000 };
const generous = {
  'message-create': many,
  'message-edit': many,
  'message-delete': many,
  webhook: many,
  other: many,
  global: many,
};

let stage: Stage;
let home: Guild;
let general: Channel;
let ann: Person;
let question: Message;
let place: { channel: string; replyTo: string };

beforeAll(async () => {
  stage = await openStage(
    { limits: generous },
    { perSecond: 1000, avatarOf: () => 'https://example.com/face.png' },
    (discord) => {
      home = discord.addGuild({ name: 'Home' });
      ann = discord.addUser({ name: 'Ann' });
    },
  );
});
afterAll(() => stage.close());

beforeEach(() => {
  general = home.addChannel('general');
  question = ann.says(general, 'why?');
  place = { channel: general.id, replyTo: question.id };
});

const CREATE = 'POST /channels/*/messages';
const EDIT = 'PATCH /channels/*/messages/*';
const body = (matcher: string | RegExp) => stage.discord.requestsOf(matcher).at(-1)?.body as Record<string, unknown>;

describe('a message', () => {
  it('answers the question, changes, and goes', async () => {
    const { surface } = stage;
    const id = await surface.send(place, view('Beca', { buttons: ['stop'] }), 'n1');
    expect(general.shows()[1]).toBe('Wisecrack (reply to Ann): Beca [Stop]');
    await surface.edit(place, id, view('Because.', { buttons: ['retry', 'up'] }));
    expect(general.shows()[1]).toBe('Wisecrack (reply to Ann): Because. [Retry] [👍]');
    expect(general.last?.suppressesEmbeds).toBe(true);
    await surface.remove(place, id);
    expect(general.shows()).toEqual(['Ann: why?']);
    await surface.remove(place, id);
  });

  it('pings nobody, neither when it is sent nor when it is changed', async () => {
    const { surface, discord } = stage;
    const ping = view(`@everyone @here <@${ann.id}> <@&${home.everyone.id}>`);
    const id = await surface.send(place, ping, 'p1');
    await surface.edit(place, id, view(`${ping.text} again`));
    await surface.send(asPersona(place), view(ping.text, { persona: 'Old Brine' }), 'p2');
    expect(discord.pings).toEqual([]);
    expect(body(CREATE)?.allowed_mentions).toEqual({ parse: [], replied_user: false });
    expect(body(EDIT)?.allowed_mentions).toEqual({ parse: [], replied_user: false });
  });

  it('stands alone when the question is gone', async () => {
    ann.deletes(question);
    await stage.surface.send(place, view('Never mind'), 'g1');
    await general.sees('Never mind');
  });

  it('is sent once for one nonce', async () => {
    const [a, b] = [
      await stage.surface.send(place, view('Once'), 'o1'),
      await stage.surface.send(place, view('Once'), 'o1'),
    ];
    expect(b).toBe(a);
    expect(general.shows()).toHaveLength(2);
  });

  it('is no reply where the bot may not read the history', async () => {
    general.deny('ReadMessageHistory');
    await stage.surface.send(place, view('Blind'), 'h1');
    await general.sees('Wisecrack: Blind');
  });

  it('can be long, as Discord measures it', async () => {
    const { surface } = stage;
    const long = '😀'.repeat(surface.limit / 2);
    expect(surface.measure(long)).toBe(surface.limit);
    await surface.send(place, view(long), 'l1');
    await expect(surface.send(place, view('x'.repeat(surface.limit + 1)), 'l2')).rejects.toMatchObject({
      problem: 'refused',
    });
  });

  it('shows that somebody writes', async () => {
    await stage.surface.typing(place);
    expect([...general.typing.keys()]).toEqual([stage.discord.bot.id]);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['the message is gone', { status: 404, code: 10008 }, 'message-gone'],
    ['too many old messages were changed', { status: 400, code: 30046 }, 'locked'],
    ['too many old messages were changed, as a 429', { status: 429, code: 30046 }, 'locked'],
    ['a permission is missing', { status: 403, code: 50013 }, 'forbidden'],
    ['Discord breaks down', { status: 502 }, 'unsent'],
  ])('in an edit: %s', async (_, fault, problem) => {
    const { surface, discord } = stage;
    const id = await surface.send(place, view('One'), `e-${problem}`);
    const planned = discord.fail(EDIT, fault);
    await expect(surface.edit(place, id, view('Two'))).rejects.toMatchObject({ problem });
    expect(planned.hits).toBe(1);
  });

  it.each([
    ['the channel is gone', { status: 404, code: 10003 }, 'place-gone'],
    ['Discord breaks down', { status: 500 }, 'unknown'],
    ['the person takes no messages', { status: 403, code: 50007 }, 'forbidden'],
    ['the content is not taken', { status: 400, code: 50035 }, 'refused'],
  ])('in a send: %s', async (_, fault, problem) => {
    stage.discord.fail(CREATE, fault);
    await expect(stage.surface.send(place, view('One'), `s-${problem}`)).rejects.toMatchObject({ problem });
  });

  it('a channel without permission, and one that was deleted', async () => {
    general.deny('SendMessages');
    await expect(stage.surface.send(place, view('x'), 'f1')).rejects.toMatchObject({ problem: 'forbidden' });
    general.delete();
    await expect(stage.surface.send(place, view('x'), 'f2')).rejects.toMatchObject({ problem: 'place-gone' });
  });

  it('a limit is told at once, and nothing waits in secret', async () => {
    const { surface, discord } = stage;
    discord.fail(CREATE, { status: 429, retryAfterMs: 2000 });
    const sent = surface.send(place, view('Too fast'), 't1');
    await expect(sent).rejects.toMatchObject({ problem: 'limited' });
    const wait = await sent.catch(({ retryAfterMs }) => retryAfterMs);
    expect(wait).toBeGreaterThanOrEqual(2000);
    expect(wait).toBeLessThan(4000);
    await discord.settled();
    expect(general.shows()).toEqual(['Ann: why?']);
  });

  it.each([true, false])('a send without an answer is found when it has arrived (%s)', async (done) => {
    const { surface, discord } = stage;
    const lost = view('Lost?', { buttons: ['stop'], jobId: `discord:${done}` });
    discord.hang(CREATE, { done });
    await expect(surface.send(place, lost, `u-${done}`)).rejects.toMatchObject({ problem: 'unknown' });
    for (let at = 0; at < 3; at++) ann.says(general, `noise ${at}`);
    const found = await surface.find(place, lost, `u-${done}`);
    expect(found).toBe(
      done ? [...general.messages.values()].find(({ content }) => content === 'Lost?')?.id : undefined,
    );
  });

  it('nobody knows where the history may not be read', async () => {
    general.deny('ReadMessageHistory');
    expect(await stage.surface.find(place, view('x'), 'x')).toBe('unknown');
    general.deny('ViewChannel');
    expect(await stage.surface.find(place, view('x'), 'x')).toBe('unknown');
  });

  it('Discord is away', async () => {
    const { surface, discord } = stage;
    discord.outage('503');
    await expect(surface.send(place, view('x'), 'w1')).rejects.toMatchObject({ problem: 'unknown' });
    discord.outage(false);
    const gone = await startFakeDiscord();
    const api = gone.url;
    await gone.close();
    expect((await checkDiscord({ token: 'x', api })).token).toBe('unreachable');
  });

  it('a send is given up', async () => {
    const { surface, discord } = stage;
    const planned = discord.hang(CREATE, { done: false, socket: 'open' });
    const stop = new AbortController();
    const sent = surface.send(place, view('x'), 'a1', stop.signal);
    const failed = expect(sent).rejects.toMatchObject({ problem: 'unknown' });
    await discord.until(() => planned.hits === 1);
    stop.abort();
    await failed;
  });
});

describe('a persona under its own name', () => {
  const brine = (text: string) => view(text, { persona: 'Old Brine', buttons: ['stop'] });

  it('speaks by one webhook of the channel, changes and takes back what it said', async () => {
    const { surface, discord } = stage;
    const at = asPersona(place);
    const id = await surface.send(at, brine('Ah'), 'i1');
    await surface.edit(at, id, brine('Ahoy'));
    await surface.send(at, view('I am the guide', { persona: 'The Guide' }), 'i2');
    expect(general.shows().slice(1)).toEqual(['Old Brine: Ahoy [Stop]', 'The Guide: I am the guide']);
    expect(discord.requestsOf(`POST /channels/${general.id}/webhooks`)).toHaveLength(1);
    await surface.remove(at, id);
    expect(general.shows()).toHaveLength(2);
  });

  it('finds its webhook again, and its messages, after a restart', async () => {
    const { discord } = stage;
    const at = asPersona(place);
    const id = await stage.surface.send(at, brine('Ah'), 'r1');
    const again = await openSecond();
    await again.surface.edit(at, id, brine('Ahoy'));
    expect(general.shows().at(-1)).toBe('Old Brine: Ahoy [Stop]');
    expect(discord.requestsOf(`POST /channels/${general.id}/webhooks`)).toHaveLength(1);
    await again.close();
  });

  it('speaks in threads', async () => {
    const thread = general.addThread('aside');
    const at = asPersona({ channel: thread.id, extra: { parent: general.id } });
    const id = await stage.surface.send(at, brine('Ah'), 't1');
    await stage.surface.edit(at, id, brine('Ahoy'));
    expect(thread.shows()).toEqual(['Old Brine: Ahoy [Stop]']);
  });

  it('is the bot where the permission is missing, and stays it', async () => {
    const { surface, discord } = stage;
    general.deny('ManageWebhooks');
    const at = asPersona(place);
    const id = await surface.send(at, brine('Ah'), 'm1');
    await surface.edit(at, id, brine('Ahoy'));
    expect(general.shows().at(-1)).toBe('Wisecrack (reply to Ann): Ahoy [Stop]');
    general.allow('ManageWebhooks');
    const again = await openSecond();
    await again.surface.edit(at, id, brine('Ahoy!'));
    expect(general.shows().at(-1)).toBe('Wisecrack (reply to Ann): Ahoy! [Stop]');
    await again.close();
    expect(discord.pings).toEqual([]);
  });

  it('makes its webhook again when somebody deleted it', async () => {
    const { surface, discord } = stage;
    const at = asPersona(place);
    const id = await surface.send(at, brine('Ah'), 'd1');
    for (const [key, { channel }] of discord.world.webhooks)
      if (channel === general) discord.world.webhooks.delete(key);
    await surface.send(at, brine('Back'), 'd2');
    expect(general.shows().at(-1)).toBe('Old Brine: Back [Stop]');
    // What the old webhook said is nobody's now.
    await expect(surface.edit(at, id, brine('Ahoy'))).rejects.toMatchObject({ problem: 'locked' });
  });

  it('is the bot under a name that Discord does not allow', async () => {
    await stage.surface.send(asPersona(place), view('Hm', { persona: 'Discord Dan' }), 'n1');
    expect(general.shows().at(-1)).toBe('Wisecrack (reply to Ann): Hm');
  });
});

describe('a slash command that waits too long', () => {
  /** Its patience is short, but for answers that come at once: these are to be there before it ends, also on a busy machine. */
  let hasty: Stage;
  let place: Channel;
  let bea: Person;
  const begin = async (patienceMs: number) => {
    hasty = await openStage({ limits: generous }, { patienceMs }, (discord) => {
      place = discord.addGuild({ name: 'Hasty' }).addChannel('general');
      bea = discord.addUser({ name: 'Bea' });
    });
  };
  afterEach(() => hasty.close());

  it('is let go where the bot can answer by itself', async () => {
    await begin(200);
    const asked = bea.slash(place, 'ask', { text: 'well?' });
    await asked.answered();
    await hasty.discord.until(() => asked.shows().length === 0);
  });

  it('is told so where the bot cannot', async () => {
    await begin(200);
    const elsewhere = hasty.discord.addGuild({ name: 'Away', bot: false }).addChannel('elsewhere');
    bea.installs();
    await bea.slash(elsewhere, 'ask', { text: 'well?' }).sees('Please ask again.');
  });

  it('keeps an answer that has come', async () => {
    await begin(3000);
    const { ears, surface, discord } = hasty;
    ears.onHear = ({ at }) => surface.send(at.place, view('Well!'), 'k1');
    const asked = bea.slash(place, 'ask', { text: 'well?' });
    await asked.sees('Well!');
    await discord.until(() => discord.requestsOf(/GET \/webhooks\/\d+\/[^/]+\/messages\/(@|%40)original/).length >= 2);
    await discord.settled();
    expect(asked.shows()).toEqual(['Wisecrack: Well!']);
  });

  it('keeps an answer that comes while it is let go', async () => {
    await begin(200);
    const { ears, surface, discord } = hasty;
    const look = /GET \/webhooks\/\d+\/[^/]+\/messages\/(@|%40)original/;
    // The bot hears half a second later that nothing had come; meanwhile something comes.
    discord.slow(look, { ms: 500, times: 1 });
    const asked = bea.slash(place, 'ask', { text: 'well?' });
    await discord.until(() => discord.requestsOf(look).length === 1);
    const [{ at }] = ears.heard as [Heard];
    await surface.send(at.place, view('Well!'), 'k3');
    await discord.until(() => discord.requestsOf(/DELETE \/webhooks/).length === 1);
    await discord.settled();
    expect(asked.shows()).toEqual(['Wisecrack: Well!']);
  });
});

it('a slash command is found again when its answer was lost', async () => {
  const { ears, surface, discord } = stage;
  ears.heard.length = 0;
  const asked = ann.slash(general, 'ask', { text: 'well?' });
  const { at } = await discord.until(() => ears.heard[0]);
  discord.hang(/PATCH \/webhooks/, { done: true });
  await expect(surface.send(at.place, view('Well!'), 'k2')).rejects.toMatchObject({ problem: 'unknown' });
  expect(await surface.find(at.place, view('Well!'), 'k2')).toBe(asked.messages[0]?.id);
});

describe('doctor', () => {
  it('asks Discord, and says nothing of the token', async () => {
    const { discord } = stage;
    const found = await checkDiscord({ token: discord.token, api: discord.url, messageContent: true });
    expect(found).toMatchObject({
      token: 'valid',
      bot: { name: 'Wisecrack' },
      messageContent: true,
      servers: 1,
      shards: 1,
      invite: inviteLink(discord.appId),
      missing: [],
    });
    expect(JSON.stringify(found)).not.toContain(discord.token);
  });

  it('knows a wrong token', async () => {
    const found = await checkDiscord({ token: 'wrong-token', api: stage.discord.url });
    expect(found.token).toBe('invalid');
    expect(found.missing).toHaveLength(1);
    expect(JSON.stringify(found)).not.toContain('wrong-token');
  });
});

/** Another process of the same bot. */
async function openSecond() {
  const { startDiscord } = await import('../../../bots/discord/index.ts');
  const { discord, ears } = stage;
  let surface: Stage['surface'] | undefined;
  const bot = await startDiscord({
    token: discord.token,
    api: discord.url,
    log: { info: () => {}, warn: () => {} },
    openBot: (given) => {
      surface = given;
      return { ...silent, suggest: ears.suggest };
    },
  });
  if (!surface) throw new Error('no surface was given');
  return { surface, close: () => bot.close() };
}

const nothing = async () => {};
const silent = { hear: nothing, edited: nothing, deleted: nothing, press: async () => ({}), command: async () => ({}) };
