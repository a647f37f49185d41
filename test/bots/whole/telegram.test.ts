import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Chat, type FakeTelegram, type Person, startFakeTelegram } from '../../fakes/telegram/index.ts';
import { Stage } from './fixtures/stage.ts';

let telegram: FakeTelegram;
let stage: Stage;
let ann: Person;
let ben: Person;

beforeEach(async () => {
  telegram = await startFakeTelegram();
  stage = await Stage.open();
  ann = telegram.addUser({ first_name: 'Ann', username: 'ann', language_code: 'en' });
  ben = telegram.addUser({ first_name: 'Ben', username: 'ben', language_code: 'en' });
});
afterEach(async () => {
  const { pings, counts } = telegram;
  await stage.close();
  await telegram.close();
  expect(pings).toEqual([]);
  expect(counts.violations).toBe(0);
});

/** What the bot has said, without what others have. */
const ours = (chat: Chat) => [...chat.messages.values()].filter(({ from }) => from === telegram.bot);
const connect = () => stage.connect({ name: 'telegram', token: telegram.token, url: telegram.url });

describe('with the real engine and the pocket model', () => {
  it('a private question, a mention and a command are each answered once, and what is shown is what is remembered', async () => {
    await stage.think();
    await connect();
    const group = telegram.addGroup({ title: 'Club', members: [ann, ben] });

    ann.writes('What is the meaning of life?');
    await ann.chat.sees('[Retry]');
    expect(ours(ann.chat)).toHaveLength(1);
    expect(ann.chat.drafts).toEqual([]);
    const turns = await stage.queue.conversations.read(`telegram:${ann.chat.id}`);
    expect(turns.map(({ role, persona }) => persona ?? role)).toEqual(['user', 'guide']);
    expect(turns[1]?.text).toMatch(/\S/);
    // Nobody speaks for somebody else.
    const guide = stage.personas.get('guide');
    expect(ours(ann.chat)[0]?.text).not.toMatch(new RegExp(`^(Ann|${guide.name}):`, 'm'));

    const question = ben.says(group, `@${telegram.bot.username} Why is the sky blue?`);
    await group.sees('[Retry]');
    expect(ours(group)).toHaveLength(1);
    expect(ours(group)[0]?.replyTo).toBe(question);

    ann.says(group, `/ask@${telegram.bot.username} And the sea?`);
    await telegram.until(() => ours(group).length === 2);
    await telegram.until(() => ours(group)[1]?.keyboard !== undefined);
    expect(stage.warnings).toEqual([]);
  });

  it('/retry answers anew, and the old answer is gone', async () => {
    await stage.think();
    await connect();
    ann.writes('Tell me of the sea.');
    await ann.chat.sees('[Retry]');
    const [first] = ours(ann.chat);
    ann.writes('/retry');
    await telegram.until(() => {
      const [now, ...more] = ours(ann.chat);
      return more.length === 0 && now !== undefined && now !== first && now.keyboard !== undefined;
    });
    const turns = await stage.queue.conversations.read(`telegram:${ann.chat.id}`);
    expect(turns.map(({ role }) => role)).toEqual(['user', 'persona']);
  });
});
