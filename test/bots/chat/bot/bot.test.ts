import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

describe('a message', () => {
  test('that turns to the bot is answered, once, however often it is told', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const message = stage.message('hello', ann, at);
    await Promise.all([stage.bot.hear(message), stage.bot.hear(message), stage.bot.hear(message)]);
    await stage.shows(at, ['guide(1): hello']);
    await stage.settled(at);
    await stage.bot.hear(message);
    await sleep(300);
    await stage.shows(at, ['guide(1): hello']);
    expect(await stage.queue.conversations.read(at.conversation)).toHaveLength(2);
  });

  test('that is not for the bot is neither answered nor kept', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.say('just talking', ann, at, { addressed: 'none' });
    await sleep(300);
    expect(stage.platform.texts(at.channel)).toEqual([]);
    expect(await stage.queue.conversations.read(at.conversation)).toEqual([]);
  });

  test('with a keyword, or in a channel where all is answered, is for the bot', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.queue.rules.change(`channel:test:${at.channel}`, { keywords: ['wisecrack'] }, 'test:1');
    await stage.say('Wisecrack, hm?', ann, at, { addressed: 'none' });
    await stage.shows(at, ['guide(1): Wisecrack, hm?']);
    const all = stage.place();
    await stage.queue.rules.change(`server:test:${all.server}`, { answerAll: [`test:${all.channel}`] }, 'test:1');
    await stage.say('anything', ann, all, { addressed: 'none' });
    await stage.shows(all, ['guide(1): anything']);
  });

  test('that replies to somebody else brings along what that one said', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const replyTo = { id: '5', name: 'Ben', text: 'The earth\nis flat.', own: false };
    await stage.say('true?', ann, at, { replyTo });
    await stage.shows(at, ['guide(1): (Ben: "The earth is flat.") true?']);
  });

  test('of pictures only, or of nothing, is told what is missing', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.say(' ', ann, at, { attachments: 1 });
    await stage.shows(at, ['I read words only. What is in the picture?']);
    const chinese = stage.place();
    await stage.say('', stage.person({ locale: 'zh-CN' }), chinese);
    await stage.shows(chinese, ['在呢。想问什么，跟在我名字后面说。']);
  });

  test('is answered by the persona that the person, the channel or the server has chosen', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.queue.rules.change(`server:test:${at.server}`, { persona: 'pirate' }, 'test:1');
    await stage.say('one', ann, at);
    await stage.shows(at, ['pirate(1): one']);
    await stage.bot.command('persona', { name: 'Pemberton' }, ann, at);
    await stage.say('two', ann, at);
    await stage.shows(at, ['pirate(1): one', 'butler(3): two']);
    await stage.say('three', ann, at, { persona: 'detective' });
    await stage.shows(at, ['pirate(1): one', 'butler(3): two', 'detective(5): three']);
  });
});

describe('turn-taking', () => {
  test('a second question waits for the first', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.say('slow', ann, at);
    // It has read the chat, and goes on for half a second.
    await stage.shows(at, ['guide(1): slow']);
    await stage.say('next', ann, at);
    await stage.shows(at, ['guide(1): slow', 'guide(3): next']);
  });

  test('a second question interrupts the first where that is set', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.queue.rules.change(`channel:test:${at.channel}`, { secondQuestion: 'interrupt' }, 'test:1');
    await stage.say('endless', ann, at);
    await stage.shows(at, ['guide(1): endless']);
    await stage.say('next', ann, at);
    await stage.shows(at, ['guide(1): endless', 'guide(3): next']);
  });

  test('two people are answered at the same time', async () => {
    const [ann, ben, at] = [stage.person(), stage.person(), stage.place()];
    const endless = await stage.say('endless', ann, at);
    await stage.shows(at, ['guide(1): endless']);
    await stage.say('quick', ben, at);
    await stage.shows(at, ['guide(1): endless', 'guide(2): quick']);
    await stage.bot.deleted({ conversation: at.conversation, ids: [endless.id] });
  });

  test('an edit of the question replaces the answer', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const message = await stage.say('wrogn', ann, at);
    await stage.shows(at, ['guide(1): wrogn']);
    await stage.settled(at);
    const edited = { ...message, text: 'wrong' };
    await Promise.all([stage.bot.edited(edited), stage.bot.edited(edited)]);
    await stage.shows(at, ['guide(1): wrong']);
    await stage.settled(at);
    const turns = await stage.queue.conversations.read(at.conversation);
    expect(turns.map(({ text }) => text)).toEqual(['wrong', 'guide(1): wrong']);
  });

  test('an edit while the answer is made replaces it too', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const message = await stage.say('endless', ann, at);
    await stage.shows(at, ['guide(1): endless']);
    await stage.bot.edited({ ...message, text: 'short' });
    await stage.shows(at, ['guide(1): short']);
  });

  test('an edit of an old question is remembered and not answered', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const message = await stage.say('one', ann, at);
    await stage.shows(at, ['guide(1): one']);
    await stage.say('two', ann, at);
    await stage.shows(at, ['guide(1): one', 'guide(3): two']);
    await stage.bot.edited({ ...message, text: 'uno' });
    await sleep(300);
    await stage.shows(at, ['guide(1): one', 'guide(3): two']);
    expect((await stage.queue.conversations.read(at.conversation))[0]?.text).toBe('uno');
  });

  test('a deleted question takes its answer along, also out of memory', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const message = await stage.say('endless', ann, at);
    await stage.shows(at, ['guide(1): endless']);
    await stage.bot.deleted({ conversation: at.conversation, ids: [message.id, 'unknown'] });
    await stage.shows(at, []);
    await until(async () => (await stage.queue.conversations.read(at.conversation)).length === 0);
  });
});

describe('a button', () => {
  test('stops the reply, for the one who asked and those who manage', async () => {
    for (const by of ['asker', 'manager']) {
      const [ann, at] = [stage.person(), stage.place()];
      const { id } = await stage.say('endless', ann, at);
      await stage.shows(at, ['guide(1): endless']);
      expect(await stage.bot.press('stop', `test:${id}`, stage.person(), at)).toEqual({
        text: 'Only the person who asked may press that.',
      });
      const presser = by === 'asker' ? ann : stage.person({ canManage: true });
      expect(await stage.bot.press('stop', `test:${id}`, presser, at)).toEqual({});
      await stage.settled(at);
    }
  });

  test('tries again, once for two presses', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const { id } = await stage.say('hello', ann, at);
    await stage.shows(at, ['guide(1): hello']);
    await stage.settled(at);
    await stage.bot.command('persona', { name: 'pirate' }, ann, at);
    await Promise.all([1, 2].map(() => stage.bot.press('retry', `test:${id}`, ann, at)));
    await until(() => stage.platform.of('send', at.channel).length === 2);
    await stage.shows(at, ['guide(1): hello']);
    await stage.settled(at);
    expect(await stage.queue.conversations.read(at.conversation)).toHaveLength(2);
    expect(await stage.queue.asked.ofTurn(`test:${id}`)).toBe(`test:${id}~2`);
  });

  test('goes on with a reply that was too long', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const { id } = await stage.say('long', ann, at);
    await stage.shows(at, ['guide(1): long']);
    await stage.settled(at);
    expect(stage.platform.buttons(at.channel)[0]).toContain('continue');
    await stage.bot.press('continue', `test:${id}`, ann, at);
    await stage.shows(at, ['guide(1): longguide(1): long and so on']);
  });

  test('counts a thumb per person', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    const { id } = await stage.say('hello', ann, at, { persona: 'detective' });
    await stage.shows(at, ['detective(1): hello']);
    await stage.settled(at);
    for (const button of ['up', 'up', 'down'] as const) await stage.bot.press(button, `test:${id}`, ann, at);
    await stage.bot.press('up', `test:${id}`, stage.person(), at);
    expect((await stage.queue.feedback.counts()).get('detective')).toMatchObject({ up: 1, down: 1 });
  });

  test('on a reply that nobody knows any more says so', async () => {
    const { text } = await stage.bot.press('retry', 'test:0', stage.person(), stage.place());
    expect(text).toContain('no answer here yet');
  });
});

describe('a command', () => {
  test('resets, stops, retries', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    expect(await stage.bot.command('retry', {}, ann, at)).toMatchObject({ text: expect.stringContaining('no answer') });
    expect(await stage.bot.command('stop', {}, ann, at)).toEqual({ text: 'There is nothing to stop.' });
    await stage.say('endless', ann, at);
    await stage.shows(at, ['guide(1): endless']);
    expect(await stage.bot.command('stop', {}, ann, at)).toEqual({ text: 'Stopped.' });
    await stage.settled(at);
    expect(await stage.bot.command('reset', {}, ann, at)).toEqual({ text: 'Forgotten. We have never met.' });
    expect(await stage.queue.conversations.read(at.conversation)).toEqual([]);
  });

  test('changes a setting for those who may, and at once', async () => {
    const at = stage.place();
    const [ann, boss] = [stage.person(), stage.person({ canManage: true })];
    const options = { key: 'persona', value: 'butler', scope: 'channel' };
    expect((await stage.bot.command('settings', options, ann, at)).text).toContain('Only those who manage');
    expect((await stage.bot.command('settings', options, boss, at)).text).toBe('persona is now butler.');
    await stage.say('hello', ann, at);
    await stage.shows(at, ['butler(1): hello']);
    await stage.bot.command('settings', { key: 'block', user: ann.id }, boss, at);
    await stage.say('hello?', ann, at);
    await sleep(300);
    await stage.shows(at, ['butler(1): hello']);
    await stage.bot.command('settings', { key: 'block', user: ann.id, remove: 'true' }, boss, at);
    await stage.say('better?', ann, at);
    await stage.shows(at, ['butler(1): hello', 'butler(3): better?']);
    const [last] = await stage.queue.rules.audit({ last: 1 });
    expect(last).toMatchObject({ by: `test:${boss.id}`, before: { blockUsers: [`test:${ann.id}`] } });
  });

  test('refuses what is no value, and says why', async () => {
    const [boss, at] = [stage.person({ canManage: true }), stage.place()];
    const set = async (key: string, value: string) =>
      (await stage.bot.command('settings', { key, value }, boss, at)).text;
    expect(await set('retention', '-3')).toMatch(/^That is no value for retention/);
    expect(await set('second-question', 'dance')).toMatch(/^That is no value for second-question/);
    expect(await set('nonsense', '1')).toMatch(/^That is no value for nonsense/);
  });

  test('tells what is stored, and erases it', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.say('remember me', ann, at);
    await stage.shows(at, ['guide(1): remember me']);
    await stage.settled(at);
    const { text } = await stage.bot.command('privacy', {}, ann, at);
    expect(text).toContain('1 messages in 1 conversations');
    expect((await stage.bot.command('privacy', { action: 'erase' }, ann, at)).text).toContain('Erased: 2 messages');
    expect(await stage.queue.conversations.read(at.conversation)).toEqual([]);
  });

  test('lists personas, helps, and tells the status', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    expect((await stage.bot.command('persona', {}, ann, at)).text).toContain('▸ **Guide**');
    expect((await stage.bot.command('help', {}, ann, at)).text).toContain('/ask');
    expect((await stage.bot.command('status', {}, ann, at)).text).toContain('Nobody is at work');
    expect((await stage.bot.command('persona', { name: 'nobody' }, ann, at)).text).toContain(
      'no persona called "nobody"',
    );
    expect(stage.bot.suggest('pi')).toEqual([{ id: 'pirate', name: 'Brine' }]);
    expect(stage.bot.suggest('')).toHaveLength(12);
  });
});

describe('limits', () => {
  test('who is too fast is told so, once', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.queue.rules.change(`server:test:${at.server}`, { userPerMinute: 1 }, 'test:1');
    await stage.say('one', ann, at);
    await stage.shows(at, ['guide(1): one']);
    await stage.say('two', ann, at);
    await stage.say('three', ann, at);
    await until(() => stage.platform.texts(at.channel).length === 2);
    expect(stage.platform.texts(at.channel)[1]).toMatch(/^Slow down a little: I answer you again in \d+ s\.$/);
    expect(await stage.queue.conversations.read(at.conversation)).toHaveLength(2);
  });

  test('a day’s tokens are counted, and end', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.queue.rules.change(`server:test:${at.server}`, { userTokensPerDay: 3 }, 'test:1');
    await stage.say('one', ann, at);
    await stage.shows(at, ['guide(1): one']);
    await stage.settled(at);
    await stage.say('two', ann, at);
    await until(() => stage.platform.texts(at.channel).length === 2);
    expect(stage.platform.texts(at.channel)[1]).toContain('used up');
  });

  test('while the operator lets nobody in, people are told so, in the operator’s words or ours', async () => {
    const [ann, at] = [stage.person(), stage.place()];
    await stage.say('before', ann, at);
    await stage.shows(at, ['guide(1): before']);
    await stage.queue.rules.change('all', { draining: true }, 'test:1');
    await stage.say('during', ann, at);
    await until(() => stage.platform.texts(at.channel).length === 2);
    expect(stage.platform.texts(at.channel)[1]).toContain('take no questions now');
    const [bob, other] = [stage.person(), stage.place()];
    await stage.queue.rules.change('all', { maintenance: 'Back at noon.' }, 'test:1');
    await stage.say('during', bob, other);
    await until(() => stage.platform.texts(other.channel).length === 1);
    expect(stage.platform.texts(other.channel)).toEqual(['Back at noon.']);
    await stage.queue.rules.change('all', { draining: null, maintenance: null }, 'test:1');
    await stage.say('after', ann, at);
    await until(() => stage.platform.texts(at.channel).length === 3);
    expect(stage.platform.texts(at.channel)[2]).toContain('after');
  });

  test('other bots are ignored, or answered as far as loops go', async () => {
    const [robot, at] = [stage.person({ isBot: true }), stage.place()];
    await stage.say('beep', robot, at);
    await sleep(200);
    expect(stage.platform.texts(at.channel)).toEqual([]);
    await stage.queue.rules.change(`server:test:${at.server}`, { bots: 'allow', botTurns: 2 }, 'test:1');
    await stage.say('a', robot, at);
    await stage.shows(at, ['guide(1): a']);
    for (const text of ['b', 'c', 'd']) await stage.say(text, robot, at);
    await stage.shows(at, ['guide(1): a', 'guide(3): b']);
    await stage.say('person', stage.person(), at);
    await stage.say('e', robot, at);
    await until(() => stage.platform.texts(at.channel).length === 4);
  });

  test('what a persona says when something went wrong is never answered', async () => {
    const [robot, at] = [stage.person({ isBot: true }), stage.place()];
    await stage.queue.rules.change(`server:test:${at.server}`, { bots: 'allow' }, 'test:1');
    const { PersonaStore } = await import('../../../../personas/index.ts');
    const { packageRoot } = await import('../../../../root.ts');
    const store = await PersonaStore.open(`${packageRoot()}/personas`);
    await stage.say(store.get('guide').lines.error[0] ?? '', robot, at);
    await sleep(300);
    expect(stage.platform.texts(at.channel)).toEqual([]);
  });
});

test('nothing of this went wrong behind the scenes', () => {
  expect(stage.warnings).toEqual([]);
});
