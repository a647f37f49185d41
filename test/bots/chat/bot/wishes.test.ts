import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person, Whereabouts } from '../../../../bots/chat/heard.ts';
import type { Wish } from '../../../../bots/chat/wish.ts';
import { packageRoot } from '../../../../root.ts';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(join(packageRoot(), 'test/bots/chat/bot/personas'));
});
afterAll(() => stage.close());

const ask = (wish: Wish, by: Person, at: Whereabouts) => stage.say('', by, at, { addressed: 'command', wish });
/** Lets messages stand in a conversation as if they had been said. */
async function past(at: Whereabouts, ...said: [by: Person, text: string, agoMs: number][]) {
  for (const [index, [by, text, agoMs]] of said.entries()) {
    const author = { id: `test:${by.id}`, name: by.name };
    const turn = {
      id: `test:past-${at.channel}-${index}`,
      role: 'user' as const,
      author,
      text,
      at: Date.now() - agoMs,
    };
    await stage.queue.conversations.append(at.conversation, turn);
  }
}
const HOUR = 3_600_000;

describe('/catchup', () => {
  test('is a question in the person’s name about all that others said since they spoke', async () => {
    const [ann, ben, at] = [stage.person(), stage.person(), stage.place()];
    await past(at, [ann, 'bye', 3 * HOUR], [ben, 'gone at last', 2 * HOUR], [ben, 'cake!', HOUR]);
    await ask({ kind: 'catchup' }, ann, at);
    await stage.answered(at, 1);
    const turns = await stage.queue.conversations.read(at.conversation);
    const [bye] = turns;
    const since = (bye?.at ?? 0) + 1;
    await stage.shows(at, [`guide(4): What did I miss? {"wants":{"kind":"catchup","since":${since}}}`]);
    expect(turns[3]).toMatchObject({ role: 'user', author: { name: ann.name }, text: 'What did I miss?' });
  });

  test('is about a number of messages, or some time, in the language of who asks', async () => {
    const [ann, ben, at] = [stage.person({ locale: 'zh-CN' }), stage.person(), stage.place()];
    await past(at, [ben, 'one', HOUR], [ben, 'two', 1000]);
    await ask({ kind: 'catchup', range: '1' }, ann, at);
    await stage.shows(at, ['guide(3): 最近 1 条消息里说了什么？ {"wants":{"kind":"catchup","last":1}}']);
    await stage.settled(at);
    await ask({ kind: 'catchup', range: '30m' }, stage.person(), at);
    await stage.answered(at, 2);
    expect(stage.platform.texts(at.channel).at(-1)).toMatch(/^guide\(5\): What did I miss since .*UTC\? .*"since":\d+/);
  });

  test('is told at once, and made no job, when there is nothing or when it cannot be read', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await ask({ kind: 'catchup' }, ann, at);
    await past(at, [ann, 'alone', HOUR]);
    await ask({ kind: 'catchup' }, ann, at);
    await ask({ kind: 'catchup', range: '10m' }, ann, at);
    await ask({ kind: 'catchup', range: 'two moons' }, ann, at);
    await stage.shows(at, [
      'Nothing was said that I know of.',
      'Nothing was said since you spoke last. A number tells the last messages: /catchup 50.',
      'Nothing was said that I know of.',
      'I cannot read "two moons". Say how many messages (50), how far back (30m, 2h, 1d), or since when (14:30, in UTC).',
    ]);
    expect(await stage.queue.conversations.read(at.conversation)).toHaveLength(1);
  });

  test('that is told twice is one answer', async () => {
    const [ann, ben, at] = [stage.person(), stage.person(), stage.place()];
    await past(at, [ann, 'bye', 2 * HOUR], [ben, 'cake!', HOUR]);
    const message = await ask({ kind: 'catchup' }, ann, at);
    await stage.bot.hear(message);
    await stage.answered(at, 1);
    await sleep(200);
    expect(stage.platform.texts(at.channel)).toHaveLength(1);
  });

  test('is made again as what it was', async () => {
    const [ann, ben, at] = [stage.person(), stage.person(), stage.place()];
    await past(at, [ben, 'cake!', HOUR]);
    await ask({ kind: 'catchup', range: '7' }, ann, at);
    const wanted = '{"wants":{"kind":"catchup","last":7}}';
    const shown = `guide(2): What was said in the last 7 messages? ${wanted}`;
    await stage.shows(at, [shown]);
    await stage.settled(at);
    await stage.bot.command('retry', {}, ann, at);
    await until(() => stage.platform.of('send', at.channel).length === 2);
    await stage.settled(at);
    await stage.shows(at, [shown]);
  });

  test('counts for the limits as every question does', async () => {
    const [ann, ben, at] = [stage.person(), stage.person(), stage.place()];
    await stage.queue.rules.change(`server:test:${at.server}`, { userPerMinute: 1 }, 'test:1');
    await past(at, [ben, 'cake!', HOUR]);
    await ask({ kind: 'catchup', range: '7' }, ann, at);
    await stage.answered(at, 1);
    await ask({ kind: 'catchup', range: '7' }, ann, at);
    expect(stage.platform.texts(at.channel).at(-1)).toMatch(/^Slow down a little/);
  });
});

describe('/news', () => {
  test('says at once that there are none where nobody has set up a feed', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await ask({ kind: 'news' }, ann, at);
    await stage.shows(at, ['There is no news: nobody has set up a feed here, or none has told anything for days.']);
    expect(await stage.queue.conversations.read(at.conversation)).toEqual([]);
  });

  test('is a question about the news, or about what they tell of a topic', async () => {
    const headline = { id: 'h', feed: 'Times', title: 'Sea shells sing', link: 'https://a.example/1', at: Date.now() };
    await stage.queue.news.add([headline]);
    const [ann, at] = [stage.person(), stage.place()];
    await ask({ kind: 'news' }, ann, at);
    await stage.shows(at, ['guide(1): What is in the news today? {"wants":{"kind":"news"}}']);
    await stage.settled(at);
    const other = stage.place();
    await ask({ kind: 'news', topic: ' sea\nshells {{count}} ' }, ann, other);
    await stage.shows(other, [
      'guide(1): What is in the news about sea shells {{count}}? {"wants":{"kind":"news","topic":"sea shells {{count}}"}}',
    ]);
    const third = stage.place();
    await ask({ kind: 'news', topic: 'the moon {{count}}' }, ann, third);
    await stage.shows(third, ['No headline of these days is about the moon {{count}}. /news alone tells the others.']);
    expect(await stage.queue.conversations.read(third.conversation)).toEqual([]);
  });
});

describe('/mood', () => {
  const mood = async (by: Person, at: Whereabouts, name?: string, scope?: string) =>
    (await stage.bot.command('mood', { ...(name && { name }), ...(scope && { scope }) }, by, at)).text;

  test('shows the moods, changes them, and takes them back', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    expect(await mood(ann, at)).toBe('Guide is as usual here. There are: calm, wild, as usual.');
    expect(await mood(ann, at, 'WILD')).toBe('Guide is wild from now on.');
    expect(await mood(ann, at)).toMatch(/^Guide is wild here/);
    await stage.say('hm?', ann, at);
    await stage.shows(at, ['guide(1): hm? {"mood":"wild"}']);
    expect(await mood(ann, at, 'sulky')).toBe('Guide knows no mood called "sulky". There are: calm, wild, as usual.');
    expect(await mood(ann, at, 'as usual')).toBe('Guide is as usual from now on.');
    expect(await mood(ann, at)).toMatch(/^Guide is as usual here/);
  });

  test('of a channel is for those who look after it, and a person’s own comes before it', async () => {
    const [ann, owner, at] = [stage.person(), stage.person({ canManage: true }), stage.place()];
    expect(await mood(ann, at, 'wild', 'channel')).toBe('Only those who manage this server may change that.');
    expect(await mood(owner, at, 'wild', 'channel')).toBe('Guide is wild from now on.');
    expect(await mood(ann, at)).toMatch(/^Guide is wild here/);
    expect(await mood(ann, at, 'usual')).toBe('Guide is as usual from now on.');
    expect(await mood(ann, at)).toMatch(/^Guide is as usual here/);
  });

  test('is one for who has none', async () => {
    const [ann, at] = [stage.person(), stage.place({ adult: true })];
    await stage.queue.rules.change(`channel:test:${at.channel}`, { nsfw: true }, 'test:1');
    await stage.bot.command('persona', { name: 'velvet' }, ann, at);
    expect(await mood(ann, at, 'wild')).toBe('Velvet is always in the same mood.');
  });
});

describe('messages that are not for the bot', () => {
  const overhear = (text: string, by: Person, at: Whereabouts) => stage.say(text, by, at, { addressed: 'none' });
  const kept = async (at: Whereabouts) =>
    (await stage.queue.conversations.read(at.conversation)).map(({ author, text }) => `${author.name}: ${text}`);
  async function open(rules: object = {}): Promise<[Person, Whereabouts]> {
    const at = stage.place();
    await stage.queue.rules.change(`channel:test:${at.channel}`, { listen: true, ...rules }, 'test:1');
    return [stage.person(), at];
  }

  test('are kept where that is switched on, without an answer, and are there when somebody asks', async () => {
    const [ann, at] = await open();
    await overhear('the cat is on the roof', ann, at);
    await overhear('the cat is on the roof again', ann, at);
    expect(await kept(at)).toEqual([
      `${ann.name}: the cat is on the roof`,
      `${ann.name}: the cat is on the roof again`,
    ]);
    expect(stage.platform.texts(at.channel)).toEqual([]);
    await stage.say('where?', ann, at);
    await stage.shows(at, ['guide(3): where?']);
  });

  test('are not kept when a wider scope says no, nothing is to be kept, or it is private', async () => {
    const [ann, at] = await open();
    await stage.queue.rules.change(`server:test:${at.server}`, { listen: false }, 'test:1');
    await overhear('secret', ann, at);
    const [ben, brief] = await open({ retentionDays: 0 });
    await overhear('secret', ben, brief);
    const [eve, aside] = await open();
    await overhear('secret', eve, { ...aside, direct: true });
    for (const place of [at, brief, aside]) expect(await kept(place)).toEqual([]);
  });

  test('are not kept when they are commands, or of bots and people that are not answered', async () => {
    const [ann, at] = await open({});
    const blocked = stage.person();
    await stage.queue.rules.change(`server:test:${at.server}`, { blockUsers: [`test:${blocked.id}`] }, 'test:1');
    for (const text of ['/roll 6', '!play song', '', '   ']) await overhear(text, ann, at);
    await overhear('beep', stage.person({ isBot: true }), at);
    await overhear('hello', blocked, at);
    expect(await kept(at)).toEqual([]);
    await stage.queue.rules.change(`channel:test:${at.channel}`, { bots: 'allow' }, 'test:1');
    await overhear('beep', stage.person({ isBot: true, name: 'Bot' }), at);
    expect(await kept(at)).toEqual(['Bot: beep']);
  });

  test('follow their edits and deletions', async () => {
    const [ann, at] = await open();
    const [first, second, third] = [
      await overhear('wrogn', ann, at),
      await overhear('regretted', ann, at),
      await overhear('soon a command', ann, at),
    ];
    await stage.bot.edited({ ...first, text: 'wrong' });
    await stage.bot.deleted({ conversation: at.conversation, ids: [second.id] });
    await stage.bot.edited({ ...third, text: '/roll 6' });
    expect(await kept(at)).toEqual([`${ann.name}: wrong`]);
  });

  test('are answered when an edit turns to the bot, in the words that stand there then', async () => {
    const [ann, at] = await open();
    const message = await overhear('guide, hm', ann, at);
    await stage.bot.edited({ ...message, text: 'hm?', addressed: 'mention' });
    await stage.shows(at, ['guide(1): hm?']);
  });

  test('that nobody kept are not brought back by an edit', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const message = await overhear('unheard', ann, at);
    await stage.bot.edited({ ...message, text: 'still unheard' });
    await sleep(100);
    expect(await kept(at)).toEqual([]);
  });

  test('go with all else when somebody has themselves erased', async () => {
    const [ann, at] = await open();
    await overhear('the cat', ann, at);
    const { text } = await stage.bot.command('privacy', { action: 'erase' }, ann, at);
    expect(text).toBe('Erased: 1 message, and everything else about you.');
    expect(await kept(at)).toEqual([]);
  });

  test('are spoken of in /privacy, and in /settings where the platform does not tell of them', async () => {
    const [ann, at] = await open();
    const say = async (name: 'privacy' | 'settings') => (await stage.bot.command(name, {}, ann, at)).text ?? '';
    expect(await say('privacy')).toContain('what is said without being meant for me');
    expect((await stage.bot.command('privacy', {}, ann, stage.place())).text).not.toContain('without being meant');
    expect(await say('settings')).not.toContain('wisecrack doctor');
    stage.bot.hearsAll = () => false;
    expect(await say('settings')).toContain('wisecrack doctor');
    const owner = stage.person({ canManage: true });
    const changed = await stage.bot.command('settings', { key: 'listen', value: 'on' }, owner, stage.place());
    expect(changed.text).toContain('wisecrack doctor');
    stage.bot.hearsAll = () => true;
  });
});

describe('what an operator blocks', () => {
  test('adds up over the scopes, goes along with each job, and is counted, not shown', async () => {
    const [owner, at] = [stage.person({ canManage: true }), stage.place()];
    const set = async (key: string, value: string, scope: string) =>
      (await stage.bot.command('settings', { key, value, scope }, owner, at)).text;
    expect(await set('blocked-input', 'bomb, how to *pick', 'server')).toBe('blocked-input is now bomb, how to *pick.');
    expect(await set('blocked-input', 'heist', 'channel')).toBe('blocked-input is now heist.');
    expect(await set('blocked-output', '  darn ，heck', 'channel')).toBe('blocked-output is now darn, heck.');
    await stage.say('hi', stage.person(), at);
    await stage.shows(at, [
      'guide(1): hi {"blocked":{"input":["bomb","how to *pick","heist"],"output":["darn","heck"]}}',
    ]);
    const { text = '' } = await stage.bot.command('settings', {}, stage.person(), at);
    expect(text).toMatch(/^blockedInput: 3\nblockedOutput: 2$/m);
    expect(text).not.toContain('heist');
    expect(await set('blocked-input', '...', 'server')).toMatch(/^That is no value for blocked-input/);
  });
});

describe('a persona for adults', () => {
  const nsfw = (at: Whereabouts, on: boolean) =>
    stage.queue.rules.change(`channel:test:${at.channel}`, { nsfw: on }, 'test:1');
  const chooses = async (by: Person, at: Whereabouts) =>
    (await stage.bot.command('persona', { name: 'velvet' }, by, at)).text;

  test('answers only where it is switched on, and not where the platform says that others read along', async () => {
    const ann = stage.person();
    const [off, on, children] = [
      stage.place({ adult: true }),
      stage.place({ adult: true }),
      stage.place({ adult: false }),
    ];
    await nsfw(on, true);
    await nsfw(children, true);
    const refused = 'Velvet speaks only where /settings nsfw is on, and the channel is one for adults.';
    for (const at of [off, children]) {
      expect(await chooses(ann, at)).toBe(refused);
      await stage.say('hi', ann, at, { addressed: 'command', persona: 'velvet' });
      await stage.shows(at, [refused]);
      expect((await stage.bot.command('persona', {}, ann, at)).text).not.toContain('Velvet');
    }
    expect(await chooses(ann, on)).toBe('From now on, Velvet is talking to you.');
    await stage.say('hi', ann, on);
    await stage.shows(on, ['velvet(1): hi']);
    // The choice is the person's own, and goes no further than it may.
    const other = stage.place({ adult: false });
    await stage.say('hi', ann, other);
    await stage.shows(other, ['guide(1): hi']);
  });

  test('does not make an old answer again where it was switched off meanwhile', async () => {
    const [ann, at] = [stage.person(), stage.place({ adult: true })];
    await nsfw(at, true);
    await stage.say('hi', ann, at, { addressed: 'command', persona: 'velvet' });
    await stage.shows(at, ['velvet(1): hi']);
    await stage.settled(at);
    await nsfw(at, false);
    expect((await stage.bot.command('retry', {}, ann, at)).text).toMatch(/^Velvet speaks only where/);
    await stage.shows(at, ['velvet(1): hi']);
  });

  test('is not let into private chats by whoever is in them', async () => {
    const [ann, at] = [stage.person({ canManage: true }), stage.place({ direct: true })];
    const on = { key: 'nsfw', value: 'on', scope: 'channel' };
    expect((await stage.bot.command('settings', on, ann, at)).text).toMatch(/^Only those who manage/);
    stage.bot.operators = [`test:${ann.id}`];
    expect((await stage.bot.command('settings', on, ann, at)).text).toBe('nsfw is now true.');
    stage.bot.operators = [];
  });

  test('never answers in a few words that may be posted anywhere', async () => {
    const ann = stage.person();
    await stage.queue.rules.change(`user:test:${ann.id}`, { persona: 'velvet' }, 'test:1');
    expect(await stage.bot.quick('hi', ann)).toMatch(/^guide/);
  });
});

test('a full queue is told in the persona’s own words for it', async () => {
  const [ann, at] = [stage.person(), stage.place()];
  // Eight at work, and more than one that waits.
  for (let count = 0; count < 12; count++) await stage.say('endless', stage.person(), at);
  await until(async () => {
    const { active, waiting } = await stage.queue.counts();
    return active === 8 && waiting > 1;
  });
  await stage.queue.rules.change(`server:test:${at.server}`, { longestQueue: 1, userPerMinute: 100 }, 'test:1');
  await stage.say('hello?', ann, at);
  const told = stage.platform.texts(at.channel).find((text) => text.includes('There is a crowd before you')) ?? '';
  expect(told).not.toBe('');
  const { lines } = stage.persona('guide');
  expect(lines.full?.some((line) => told.startsWith(line))).toBe(true);
});
