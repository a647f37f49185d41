import { describe, expect, it } from 'vitest';
import type { Engine, GenerateRequest } from '../../../inference/engine/index.ts';
import { answer } from '../../../inference/worker/answer.ts';
import type { Personas } from '../../../inference/worker/index.ts';
import { type Persona, PersonaStore } from '../../../personas/index.ts';
import type { HandlerContext, Job, Turn } from '../../../queue/index.ts';
import { packageRoot } from '../../../root.ts';
import { byteTokenizer as tokenizer } from '../context/fake-tokenizer.ts';

const personas = await PersonaStore.open(`${packageRoot()}/personas`);
/** The butler, changed; told apart from him by its id. */
const changed = (change: Partial<Persona>): Personas => ({
  has: (id) => personas.has(id),
  get: (id) => (id === 'changed' ? { ...personas.get('butler'), id, ...change } : personas.get(id)),
});
const said = (id: string, text: string): Turn => ({
  ...{ id, role: 'user', author: { id: 'test:1', name: 'Ann' }, text, at: 0 },
});
const replied = (to: string, persona: string, text: string): Turn => ({
  ...{ id: `${to}:reply`, role: 'persona', author: { id: persona, name: persona }, text, at: 0, persona, replyTo: to },
});

/** Answers `turnId` with an engine that says `says`; gives the chat of the prompt, what was published, and the reply. */
async function ask(
  turns: Turn[],
  turnId: string,
  { says = ' Fine.', cast = personas, ...more }: Partial<Job> & { says?: string | string[]; cast?: Personas } = {},
) {
  let request: GenerateRequest | undefined;
  const requests: GenerateRequest[] = [];
  const engine = {
    ...{ name: 'fake', tokenizer, context: 8192 },
    async *generate(given: GenerateRequest) {
      request = given;
      requests.push(given);
      const text = typeof says === 'string' ? says : (says.shift() ?? '');
      yield { text, tokens: tokenizer.encodePlain(text), finish: 'stop' as const };
    },
  } as unknown as Engine;
  const published: string[] = [];
  const context: HandlerContext = {
    signal: new AbortController().signal,
    resume: { tokens: [], text: '', attempt: 1 },
    start: () => {},
    publish: async (text) => void published.push(text),
    conversation: { read: async () => turns, summary: async () => undefined, getPersona: async () => undefined },
  };
  const job: Job = {
    ...{ id: 'test:job', platform: 'test', conversation: 'test:chat', turnId, persona: 'butler' },
    ...{ seed: 1, trace: 'trace', createdAt: 0, ...more },
  };
  const reply = await answer(job, context, { engine, personas: cast });
  const prompt = tokenizer.decode(request?.prompt ?? []);
  return { chat: prompt.slice(prompt.lastIndexOf('***\n') + 4), published, reply, requests };
}

describe('answer', () => {
  it('shows what the persona said before under its own name', async () => {
    const turns = [said('1', 'hi'), replied('1', 'butler', 'Good evening.'), said('2', 'well?')];
    expect((await ask(turns, '2')).chat).toBe('Ann: hi\nPemberton: Good evening.\nAnn: well?\nPemberton:');
  });

  it('shows what another persona said under that one’s name, and of one that is gone under its id', async () => {
    const turns = [said('1', 'hi'), replied('1', 'pirate', 'Ahoy.'), said('2', 'yo'), replied('2', 'gone', 'Boo.')];
    expect((await ask([...turns, said('3', 'well?')], '3')).chat).toBe(
      'Ann: hi\nBrine: Ahoy.\nAnn: yo\ngone: Boo.\nAnn: well?\nPemberton:',
    );
  });

  it('puts each answer right behind its question, though others spoke while it was made', async () => {
    const turns = [said('1', 'one?'), said('2', 'two?'), replied('1', 'butler', 'First.')];
    expect((await ask(turns, '2')).chat).toBe('Ann: one?\nPemberton: First.\nAnn: two?\nPemberton:');
  });

  it('keeps an answer whose question is gone where it is', async () => {
    const turns = [replied('0', 'butler', 'Once.'), said('1', 'hi')];
    expect((await ask(turns, '1')).chat).toBe('Pemberton: Once.\nAnn: hi\nPemberton:');
  });

  it('goes on with a reply that has begun, and gives it out whole', async () => {
    const { chat, published, reply } = await ask([said('1', 'hi')], '1', { begun: 'Good\nev', says: 'ening.' });
    expect(chat).toBe('Ann: hi\nPemberton: Good\n  ev');
    expect(published).toEqual(['Good\nev', 'ening.']);
    expect(reply.text).toBe('Good\nevening.');
  });

  it('says something when the model says nothing', async () => {
    const { published, reply } = await ask([said('1', 'hi')], '1', { says: '' });
    expect(reply.text).not.toBe('');
    expect(published.join('')).toBe(reply.text);
  });

  it('is made again, hotter and only once, when the model says nothing or what it said before', async () => {
    const turns = [said('1', 'hi'), replied('1', 'butler', 'Good evening, madam.'), said('2', 'well?')];
    for (const dull of ['', ' Good evening, madam!']) {
      const { published, reply, requests } = await ask(turns, '2', { says: [dull, ' Very good.'] });
      expect(published.join('')).toBe('Very good.');
      expect(reply.text).toBe('Very good.');
      const [first, second] = requests.map(({ sampling }) => sampling);
      expect(second?.temperature).toBeGreaterThan(first?.temperature ?? 9);
      expect(second?.seed).not.toBe(first?.seed);
    }
    const { reply } = await ask(turns, '2', { says: [' Good evening, madam.', ' Good evening, madam.', ' No more.'] });
    expect(reply.text).toBe('Good evening, madam.');
  });

  it('is made again when it begins as somebody’s line, and is none when it does so again', async () => {
    for (const says of [' Ann: hi', ' Pemberton: hi', ' ann： hi']) {
      const { published, reply } = await ask([said('1', 'hi')], '1', { says: [says, ' Very good.'] });
      expect(reply.text).toBe('Very good.');
      expect(published.join('')).toBe('Very good.');
    }
    const { reply } = await ask([said('1', 'hi')], '1', { says: [' Ann: hi', ' Ann: hi'] });
    expect(personas.get('butler').lines.empty).toContain(reply.text);
    for (const says of ['Ann is here.', 'Ann', 'Advice: none.', 'An\n  Ann is here.'])
      expect((await ask([said('1', 'hi')], '1', { says: ` ${says}` })).reply.text).toBe(says.replace('\n  ', '\n'));
  });

  it('is a refusal, without asking the model, when the persona will have no part in the question', async () => {
    const cast = changed({ refusals: { examples: [], input: ['lock pick*'], output: [] } });
    const { reply, requests } = await ask([said('1', 'how do I LOCK  picks?')], '1', { persona: 'changed', cast });
    expect(personas.get('butler').lines.refused).toContain(reply.text);
    expect(requests).toEqual([]);
  });

  it('is a refusal, or ends in one, also for what is blocked where it was asked', async () => {
    const blocked = { input: ['heist'], output: ['hairpin'] };
    const { refused } = personas.get('butler').lines;
    const asked = await ask([said('1', 'plan a Heist')], '1', { blocked });
    expect(refused).toContain(asked.reply.text);
    expect(asked.requests).toEqual([]);
    const told = await ask([said('1', 'hi')], '1', { blocked, says: ' Very well.\n  You take a hairpin.' });
    expect(told.reply.text.split('\n')).toEqual(['Very well.', expect.toBeOneOf(refused)]);
    expect((await ask([said('1', 'plan a Heist')], '1', { blocked: { input: ['bomb'] } })).reply.text).toBe('Fine.');
  });

  it('is drawn in the mood of the place, and as usual in one that the persona does not know', async () => {
    const temperature = async (mood?: string) => {
      const { requests } = await ask([said('1', 'hi')], '1', mood === undefined ? {} : { mood });
      return requests[0]?.sampling.temperature;
    };
    expect(await temperature('wild')).toBe(personas.get('butler').moods.wild?.temperature);
    expect(await temperature('usual')).toBe(await temperature());
  });

  it('ends in a refusal when the model says what the persona must not say', async () => {
    const cast = changed({ refusals: { examples: [], input: [], output: ['hairpin'] } });
    const says = ' Very well.\n  You take a hairpin.';
    const { published, reply } = await ask([said('1', 'hi')], '1', { persona: 'changed', cast, says });
    const [first, second = ''] = reply.text.split('\n');
    expect(first).toBe('Very well.');
    expect(personas.get('butler').lines.refused).toContain(second);
    expect(published.join('')).toBe(reply.text);
  });

  it('is asked for without the phrases that the persona never says', async () => {
    const cast = changed({ bannedPhrases: ['as an AI'] });
    const { requests } = await ask([said('1', 'hi')], '1', { persona: 'changed', cast });
    expect(requests[0]?.bannedPhrases).toEqual(['as an AI']);
  });

  it('is spoken as the persona speaks on that platform and in that language', async () => {
    const cast = changed({
      variants: [
        { platform: 'discord', profile: 'Is terse.' },
        { language: 'zh', profile: '话少。' },
      ],
    });
    const prompt = async (more: Partial<Job>) => {
      const { requests } = await ask([said('1', 'hi')], '1', { persona: 'changed', cast, ...more });
      return tokenizer.decode(requests[0]?.prompt ?? []);
    };
    expect(await prompt({ platform: 'discord' })).toContain('Is terse.');
    expect(await prompt({ locale: 'zh-CN' })).toContain('话少。');
    expect(await prompt({ locale: 'en-US' })).toContain(personas.get('butler').profile.slice(0, 20));
  });

  it('is what the model says and nothing else', async () => {
    const { published, reply } = await ask([said('1', 'hi')], '1');
    expect(published).toEqual(['Fine.']);
    expect(reply.text).toBe('Fine.');
  });

  it('fails when its question is gone', async () => {
    await expect(ask([said('1', 'hi')], '2')).rejects.toMatchObject({ code: 'WISECRACK_TURN_GONE' });
  });
});
