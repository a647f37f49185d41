import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerCommand, findPersona, parseCommand, type Update } from '../../bots/chat/index.ts';
import { counting, until } from '../queue/fixtures/messages.ts';
import { Stage } from './fixtures/stage.ts';

const author = { id: 'ann', name: 'Ann' };
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

async function all(updates: AsyncIterable<Update>): Promise<Update[]> {
  const seen: Update[] = [];
  for await (const update of updates) seen.push(update);
  return seen;
}

describe('a reply', () => {
  it('is told as it waits, begins, grows and ends', async () => {
    const chat = stage.chat();
    const first = await chat.say({ conversation: 'console:a', author, text: 'count 30' });
    const second = await chat.say({ conversation: 'console:b', author, text: 'say one two three' });
    const seen: Update[] = [];
    const updates = (async () => {
      for await (const update of chat.follow(second)) seen.push(update);
    })();
    await until(() => seen.length > 0);
    const worker = await stage.work();
    await all(chat.follow(first));
    await updates;
    await worker.close();

    expect(seen[0]).toEqual({ type: 'waiting', position: 2 });
    const begun = seen.findIndex(({ type }) => type === 'begun');
    expect(seen.slice(begun, -1)).toEqual([
      { type: 'begun', persona: 'guide', model: 'scripted' },
      { type: 'text', added: 'one ', text: 'one ' },
      { type: 'text', added: 'two ', text: 'one two ' },
      { type: 'text', added: 'three', text: 'one two three' },
    ]);
    expect(seen.at(-1)).toMatchObject({ type: 'end', finish: 'stop', text: 'one two three' });
  });

  it('of the same message is the same one', async () => {
    const chat = stage.chat();
    const message = { conversation: 'console:c', id: '7', author, text: 'say hi' };
    const worker = await stage.work();
    expect(await chat.say(message)).toBe(await chat.say(message));
    await all(chat.follow('console:7'));
    await worker.close();
    expect(await chat.remembered('console:c')).toBe(2);
  });

  it('that fails has its apology apart from what was said', async () => {
    const chat = stage.chat();
    const worker = await stage.work(async (job, context) => {
      await counting(2)(job, context);
      throw new Error('broken');
    });
    const seen = await all(chat.follow(await chat.say({ conversation: 'console:d', author, text: 'x' })));
    await worker.close();
    expect(seen.at(-1)).toMatchObject({ type: 'end', finish: 'failed', apology: 'So sorry.' });
    expect(seen.filter(({ type }) => type === 'text').at(-1)).toMatchObject({ text: expect.stringMatching(/w0 w1 /) });
  });

  it('can be left without an end', async () => {
    const chat = stage.chat();
    const job = await chat.say({ conversation: 'console:e', author, text: 'x' });
    expect(await all(chat.follow(job, AbortSignal.timeout(50)))).toEqual([]);
    expect(await chat.stop('console:e')).toBe(true);
  });

  it.each(['', ' \n ', 'x'.repeat(16_001)])('is not made of a question that is none', async (text) => {
    const asked = stage.chat().say({ conversation: 'console:f', author, text });
    await expect(asked).rejects.toMatchObject({ code: 'WISECRACK_QUESTION_INVALID' });
  });
});

describe('answers to commands', () => {
  const run = (conversation: string, text: string, locale: 'en' | 'zh' = 'en') => {
    const command = parseCommand(text);
    if (!command) throw new Error(`${text} is no command`);
    return answerCommand(stage.chat(), conversation, command, locale);
  };

  it('change the persona, by id or by name, for this conversation', async () => {
    expect((await run('console:p', '/persona brine')).persona?.id).toBe('pirate');
    expect((await run('console:p', '/persona 老王')).persona?.id).toBe('laowang');
    expect((await stage.chat().personaOf('console:p')).id).toBe('laowang');
    expect((await stage.chat().personaOf('console:q')).id).toBe('guide');
    expect((await run('console:p', '/persona')).text).toContain('老王');
    expect((await run('console:p', '/personas')).text).toMatch(/^\* laowang/m);
  });

  it('name the personas there are when one is not', async () => {
    const { text, persona } = await run('console:r', '/persona nobody');
    expect(persona).toBeUndefined();
    expect(text).toMatch(/"nobody".*butler.*pirate/);
  });

  it('say what can be done', async () => {
    expect((await run('console:r', '/help')).text).toContain('/reset');
    expect((await run('console:r', '/helo')).text).toContain('/help?');
    expect((await run('console:r', '/stop')).text).toBe('There is nothing to stop.');
    expect((await run('console:r', '/stop', 'zh')).text).toBe('没有什么可停的。');
  });
});

describe('personas', () => {
  it('that are gone give way to the default', async () => {
    await stage.queue.conversations.setPersona('console:gone', 'nobody');
    expect((await stage.chat().personaOf('console:gone')).id).toBe('guide');
  });

  it('are found as people write them', () => {
    expect(findPersona(stage.personas, 'PEMBERTON').id).toBe('butler');
    expect(() => findPersona(stage.personas, 'x')).toThrow(/no persona called "x"/);
  });
});
