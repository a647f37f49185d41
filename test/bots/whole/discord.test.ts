import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../root.ts';
import {
  type Channel,
  type FakeDiscord,
  type Guild,
  type Person,
  startFakeDiscord,
} from '../../fakes/discord/index.ts';
import { gate } from '../../queue/fixtures/script.ts';
import { Stage } from './fixtures/stage.ts';

/** Without the engine the toy cannot speak: `npx wisecrack build` makes it. */
const canThink = existsSync(`${packageRoot()}/build/native/wisecrack.node`);

let discord: FakeDiscord;
let stage: Stage;
let home: Guild;
let general: Channel;
let ann: Person;
let ben: Person;

beforeEach(async () => {
  discord = await startFakeDiscord({ interactionMs: 60_000 });
  stage = await Stage.open();
  home = discord.addGuild({ name: 'Home' });
  ann = discord.addUser({ name: 'Ann', locale: 'en-US' });
  ben = discord.addUser({ name: 'Ben', locale: 'en-US' });
  general = home.addChannel('general');
});
afterEach(async () => {
  // Whatever a test was about: nobody is ever pinged, and every 429 is obeyed.
  const { pings, counts } = discord;
  await stage.close();
  await discord.close();
  expect(pings).toEqual([]);
  expect(counts.violations).toBe(0);
});

const connect = async () => {
  const running = await stage.connect({ name: 'discord', token: discord.token, url: discord.url });
  await discord.until(() => discord.world.commands.find('ask', 1, home), 60_000, 'the commands');
  return running;
};
const mention = (person: Person, text: string, channel = general) =>
  person.says(channel, text, { mentions: [discord.bot] });
/** The lines of the bot, and of its personas. */
const ours = (channel: Channel) => channel.shows().filter((line) => !/^(Ann|Ben)[ (:]/.test(line));
/** What Discord has refused. */
const codes = () => discord.requests.map(({ code }) => code);
const after = '[Retry] [👍] [👎]';

describe.skipIf(!canThink)(`with the real engine${canThink ? '' : ' (SKIPPED: the engine is not built)'}`, () => {
  it('a mention, a direct message and /ask are each answered once, with buttons', async () => {
    await stage.think();
    await connect();
    const guide = stage.personas.get('guide');

    const question = mention(ann, 'What is the meaning of life?');
    const answer = await general.sees(/\[Retry\].*\[👍\] \[👎\]$/);
    expect(ours(general)).toHaveLength(1);
    expect(ours(general)[0]).toMatch(/^Wisecrack \(reply to Ann\): \S/);
    const turns = await stage.queue.conversations.read(`discord:${general.id}`);
    expect(turns.map(({ role, persona }) => persona ?? role)).toEqual(['user', 'guide']);
    // What is remembered is what is shown; nobody else's line is in it.
    expect(answer.content).toBe(turns[1]?.text.trim());
    expect(answer.content).not.toMatch(new RegExp(`^(Ann|${guide.name}):`, 'm'));
    expect(answer.reference?.id).toBe(question.id);

    ann.says(ann.dm(), 'And between us?');
    await ann.dm().sees('[Retry]');
    expect(ours(ann.dm())).toHaveLength(1);

    const asked = ben.slash(general, 'ask', { text: 'Why is the sky blue?', persona: 'pirate' });
    await discord.until(() => asked.messages[0]?.components.length === 1 && !asked.messages[0].isLoading);
    await general.sees(/^Wisecrack.*\[Retry\]/);
    await discord.until(async () => {
      const turns = await stage.queue.conversations.read(`discord:${general.id}`);
      return turns.at(-1)?.persona === 'pirate';
    });
    expect(ours(general)).toHaveLength(2);
    expect(stage.warnings).toEqual([]);
  });
});

describe('with a worker that does as it is told', () => {
  it('/persona changes who answers, for one person, and for all in a channel', async () => {
    await stage.work();
    await connect();
    const set = ann.slash(general, 'persona', { name: 'pirate' });
    await set.sees(/From now on/);
    mention(ann, 'who?');
    mention(ben, 'who else?');
    await general.sees('pirate heard: who?. [Retry]');
    await general.sees('guide heard: who else?. [Retry]');
  });

  it('Stop ends a reply while it streams, and what was said stays', async () => {
    await stage.work();
    await connect();
    const never = gate();
    stage.scripted.when('endless', ['It begins. ', never.opened, 'It ends.']);
    mention(ann, 'endless');
    const message = await general.sees(/It begins\..*\[Stop\]/);
    // Only who asked may stop it.
    const other = ben.presses(message, 'Stop');
    await other.sees('Only the person who asked');
    ann.presses(message, 'Stop');
    await general.sees(/It begins\..*\[Retry\]/);
    expect(ours(general)).toEqual([`Wisecrack (reply to Ann): It begins. ${after}`]);
  });

  it('Retry puts another answer in the place of the first', async () => {
    await stage.work();
    await connect();
    stage.scripted.when('again', ['First try.']);
    mention(ann, 'again');
    const first = await general.sees(/First try\..*\[Retry\]/);
    stage.scripted.when('again', ['Second try.']);
    ann.presses(first, 'Retry');
    await general.sees(/Second try\..*\[Retry\]/);
    await discord.until(() => ours(general).length === 1);
    expect(ours(general)).toEqual([`Wisecrack (reply to Ann): Second try. ${after}`]);
    const turns = await stage.queue.conversations.read(`discord:${general.id}`);
    expect(turns.map(({ text }) => text)).toEqual(['again', 'Second try.']);
  });

  it('Continue goes on with an answer that ended for its length', async () => {
    await stage.work();
    await connect();
    stage.scripted.when('much', ['So much to say.'], 'length');
    mention(ann, 'much');
    ann.presses(await general.sees('[Continue]'), 'Continue');
    await general.sees(/So much to say\. And so on\..*\[Retry\]/);
    await discord.until(() => ours(general).length === 1);
  });

  it('an edited question is answered anew, and a deleted one takes its answer along', async () => {
    await stage.work();
    await connect();
    const question = mention(ann, 'teh question');
    await general.sees(/guide heard: teh question\..*\[Retry\]/);
    ann.edits(question, `<@${discord.bot.id}> the question`);
    await general.sees(/guide heard: the question\..*\[Retry\]/);
    await discord.until(() => ours(general).length === 1);
    ann.deletes(question);
    await discord.until(() => ours(general).length === 0);
    await discord.until(async () => {
      return (await stage.queue.conversations.read(`discord:${general.id}`)).length === 0;
    });
  });

  it('a deleted question stops the answer that is being made', async () => {
    await stage.work();
    await connect();
    stage.scripted.when('endless', ['It begins. ', gate().opened]);
    const question = mention(ann, 'endless');
    await general.sees(/It begins/);
    ann.deletes(question);
    await discord.until(() => ours(general).length === 0);
    await discord.until(async () => (await stage.queue.counts()).active === 0);
    await discord.settled({ quietMs: 2000 });
    expect(ours(general)).toEqual([]);
  });

  it('a reply longer than a message comes in parts, of which only the last has buttons', async () => {
    await stage.work();
    await connect();
    const words = Array.from({ length: 700 }, (_, at) => `word${at}`);
    const half = Math.floor(words.length / 2);
    stage.scripted.when('long', [`${words.slice(0, half).join(' ')} `, 1500, words.slice(half).join(' ')]);
    mention(ann, 'long');
    await general.sees('[Retry]');
    const parts = [...general.messages.values()].filter(({ author }) => author.id === discord.bot.id);
    expect(parts.length).toBeGreaterThan(2);
    for (const { content } of parts) expect(content.length).toBeLessThanOrEqual(2000);
    expect(
      parts
        .map(({ content }) => content)
        .join(' ')
        .split(/\s+/),
    ).toEqual(words);
    expect(parts.map(({ components }) => components.length > 0)).toEqual([...parts.slice(1).map(() => false), true]);
  });

  it('a storm of 429s is obeyed, and every reply arrives once', async () => {
    await stage.work();
    await connect();
    const pieces = Array.from({ length: 12 }, (_, at) => [`piece ${at}. `, 700]).flat();
    for (const asked of ['one', 'two', 'three', 'four']) stage.scripted.when(asked, [`${asked}: `, ...pieces]);
    const sends = discord.fail(/^POST \/channels\/\d+\/messages/, { status: 429, times: 4, retryAfterMs: 700 });
    const edits = discord.fail(/^PATCH \/channels\/\d+\/messages/, { status: 429, times: 4, retryAfterMs: 900 });
    const other = home.addChannel('other');
    mention(ann, 'one');
    mention(ben, 'two');
    mention(ann, 'three', other);
    mention(ben, 'four', other);
    for (const [channel, asked] of [
      [general, 'one'],
      [general, 'two'],
      [other, 'three'],
      [other, 'four'],
    ] as const) {
      await channel.sees(new RegExp(`${asked}: piece 0.*piece 11.*\\[Retry\\]`), 100_000);
    }
    expect([sends.hits, edits.hits]).toEqual([4, 4]);
    expect(ours(general)).toHaveLength(2);
    expect(ours(other)).toHaveLength(2);
  });

  it('a 429 that holds for the whole bot is obeyed in every channel', async () => {
    await stage.work();
    await connect();
    const end = gate();
    stage.scripted.when('one', ['It begins. ', 1500, 'It goes on. ', end.opened, 'It ends.']);
    const other = home.addChannel('other');
    const met = discord.fail(/^PATCH \/channels\//, { status: 429, retryAfterMs: 3000, global: true });
    mention(ann, 'one');
    await discord.until(() => met.hits === 1);
    mention(ben, 'two', other);
    end.open();
    await general.sees(/It begins\. It goes on\. It ends\..*\[Retry\]/);
    await other.sees(/guide heard: two\..*\[Retry\]/);
  });

  for (const kind of ['503', 'reset'] as const) {
    it(`a reply that ends while Discord is away (${kind}) is there when it is back`, async () => {
      await stage.work();
      await connect();
      const end = gate();
      stage.scripted.when('outage', ['It begins. ', end.opened, 'It ends.']);
      mention(ann, 'outage');
      await general.sees(/It begins/);
      discord.outage(kind);
      end.open();
      await discord.until(async () => {
        return (await stage.queue.conversations.read(`discord:${general.id}`)).length === 2;
      });
      expect(ours(general)[0]).not.toContain('It ends');
      discord.outage(false);
      await general.sees(/It begins\. It ends\..*\[Retry\]/);
      expect(ours(general)).toHaveLength(1);
    });
  }

  it('while the gateway is torn replies go on, and what is said then is heard afterwards', async () => {
    await stage.work();
    await connect();
    const end = gate();
    stage.scripted.when('torn', ['It begins. ', end.opened, 'It ends.']);
    mention(ann, 'torn');
    await general.sees(/It begins/);
    discord.gateway.refuse(true);
    discord.gateway.drop();
    mention(ben, 'do you hear me');
    end.open();
    await general.sees(/It ends\..*\[Retry\]/);
    discord.gateway.refuse(false);
    await general.sees('guide heard: do you hear me');
  });

  it('a message that somebody deletes while it grows (10008) ends the reply, and is not sent again', async () => {
    await stage.work();
    await connect();
    stage.scripted.when('gone', ['It begins. ', 1500, 'It goes on. ', 1500, 'It ends.']);
    mention(ann, 'gone');
    ben.deletes(await general.sees(/It begins/));
    await discord.until(async () => (await stage.queue.counts()).active === 0);
    await discord.settled({ quietMs: 2500 });
    expect(ours(general)).toEqual([]);
    expect(codes()).toContain(10008);
  });

  it('a channel that is deleted while a reply grows ends it, and others are answered', async () => {
    await stage.work();
    await connect();
    const doomed = home.addChannel('doomed');
    stage.scripted.when('endless', ['It begins. ', 2000, 'It goes on. ', gate().opened]);
    mention(ann, 'endless', doomed);
    await doomed.sees(/It begins/);
    doomed.delete();
    await discord.until(async () => (await stage.queue.counts()).active === 0);
    expect(codes()).toContain(10003);
    mention(ben, 'hello');
    await general.sees(/guide heard: hello\..*\[Retry\]/);
  });

  it('a permission that is missing costs no more than the one reply', async () => {
    await stage.work();
    await connect();
    const silent = home.addChannel('silent');
    silent.deny('SendMessages');
    mention(ann, 'hello?', silent);
    await discord.until(() => stage.scripted.asked.includes('hello?'));
    mention(ben, 'hello');
    await general.sees(/guide heard: hello\..*\[Retry\]/);
    await discord.settled({ quietMs: 2000 });
    expect(ours(silent)).toEqual([]);
    expect(codes()).toContain(50013);
    // A bot that goes on trying is a bot that Discord bans.
    expect(discord.counts.invalid).toBeLessThan(5);
  });

  it('a reply whose message has become too old to edit (30046) is sent anew', async () => {
    await stage.work();
    await connect();
    const end = gate();
    stage.scripted.when('patience', ['It begins. ', end.opened, 'It ends.']);
    mention(ann, 'patience');
    await general.sees(/It begins/);
    discord.clock.forward(2 * 3_600_000);
    end.open();
    await general.sees(/It begins\. It ends\..*\[Retry\]/);
    await discord.until(() => ours(general).length === 1);
    expect(codes()).toContain(30046);
  });

  it('/ask whose interaction is unknown (10062) is answered in the channel', async () => {
    await stage.work();
    await connect();
    const late = discord.fail(/^POST \/interactions\//, { status: 404, code: 10062, message: 'Unknown interaction' });
    ann.slash(general, 'ask', { text: 'too late?' });
    await general.sees(/guide heard: too late\?\..*\[Retry\]/);
    expect(late.hits).toBe(1);
    expect(ours(general)).toHaveLength(1);
  });

  it('/ask whose quarter of an hour ends before the reply does ends in the channel', async () => {
    await stage.work();
    await connect();
    const end = gate();
    stage.scripted.when('slowly', ['It begins. ', end.opened, 'It ends.']);
    ann.slash(general, 'ask', { text: 'slowly' });
    await general.sees(/It begins/);
    const ended = discord.fail(/^(PATCH|POST) \/webhooks\//, {
      status: 401,
      code: 50027,
      message: 'Invalid Webhook Token',
      times: 9,
    });
    end.open();
    await general.sees(/It begins\. It ends\..*\[Retry\]/);
    expect(ended.hits).toBeGreaterThan(0);
  });

  it('with webhook identity a persona speaks under its own name, and is stopped, tried again and answered all the same', async () => {
    await stage.work();
    await connect();
    await stage.queue.rules.change(`server:discord:${home.id}`, { webhookIdentity: true }, 'test');
    const { name } = stage.personas.get('pirate');
    await ann.slash(general, 'persona', { name: 'pirate' }).sees(/From now on/);
    stage.scripted.when('endless', ['It begins. ', gate().opened]);
    mention(ann, 'endless');
    const message = await general.sees(new RegExp(`^${name}.*It begins.*\\[Stop\\]`));
    ann.presses(message, 'Stop');
    await general.sees(new RegExp(`^${name}.*It begins.*\\[Retry\\]`));
    ann.says(general, 'really?', { replyTo: message });
    await general.sees(new RegExp(`^${name}.*pirate heard: really\\?`));
    // Without the permission it speaks as itself.
    const plain = home.addChannel('plain');
    plain.deny('ManageWebhooks');
    mention(ann, 'and here?', plain);
    await plain.sees(/^Wisecrack.*pirate heard: and here\?/);
  });

  it('nothing that a persona writes pings anybody, however it is sent', async () => {
    await stage.work();
    await connect();
    const evil = `@everyone @here <@${ben.id}> <@&${home.id}> Hello. `;
    stage.scripted.when('ping', [evil, 1500, evil]);
    mention(ann, 'ping');
    await general.sees('[Retry]');
    await stage.queue.rules.change(`server:discord:${home.id}`, { webhookIdentity: true }, 'test');
    mention(ann, 'ping with a name');
    await general.sees(/^Guide.*\[Retry\]/);
    const asked = ann.slash(general, 'ask', { text: 'ping by a command' });
    await discord.until(() => asked.messages[0]?.components.length === 1 && !asked.messages[0].isLoading);
    await general.sees(/^Wisecrack: .*\[Retry\]/);
    expect(discord.pings).toEqual([]);
  });

  it('who waits is told the place in the queue, and then answered in the same message', async () => {
    await stage.work(1);
    await connect();
    const end = gate();
    stage.scripted.when('first', ['It begins. ', end.opened, 'It ends.']);
    mention(ann, 'first');
    await general.sees(/It begins/);
    mention(ben, 'second');
    const waiting = await general.sees(/^Wisecrack \(reply to Ben\): In the queue, place 1/);
    end.open();
    await general.sees(/guide heard: second\..*\[Retry\]/);
    expect(waiting.content).toBe('guide heard: second.');
    expect(ours(general)).toHaveLength(2);
  });
});
