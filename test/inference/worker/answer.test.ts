import { describe, expect, it } from 'vitest';
import type { Engine, GenerateRequest } from '../../../inference/engine/index.ts';
import { answer } from '../../../inference/worker/answer.ts';
import { PersonaStore } from '../../../personas/index.ts';
import type { HandlerContext, Job, Turn } from '../../../queue/index.ts';
import { packageRoot } from '../../../root.ts';
import { byteTokenizer as tokenizer } from '../context/fake-tokenizer.ts';

const personas = await PersonaStore.open(`${packageRoot()}/personas`);
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
  { says = ' Fine.', ...more }: Partial<Job> & { says?: string | string[] } = {},
) {
  const requests: GenerateRequest[] = [];
  const sayings = typeof says === 'string' ? [says] : says;
  const engine = {
    ...{ name: 'fake', tokenizer, context: 8192 },
    async *generate(given: GenerateRequest) {
      const text = sayings[requests.length] ?? sayings[0] ?? '';
      requests.push(given);
      yield { text, tokens: tokenizer.encodePlain(text), finish: 'stop' as const };
    },
  } as unknown as Engine;
  const published: string[] = [];
  const drawn: number[] = [];
  const context: HandlerContext = {
    signal: new AbortController().signal,
    resume: { tokens: [], text: '', attempt: 1 },
    start: () => {},
    publish: async (text, tokens) => {
      published.push(text);
      drawn.push(...tokens);
    },
    conversation: { read: async () => turns, getPersona: async () => undefined },
  };
  const job: Job = {
    ...{ id: 'test:job', platform: 'test', conversation: 'test:chat', turnId, persona: 'butler' },
    ...{ seed: 1, trace: 'trace', createdAt: 0, ...more },
  };
  const reply = await answer(job, context, { engine, personas });
  const prompt = tokenizer.decode(requests[0]?.prompt ?? []);
  return { chat: prompt.slice(prompt.lastIndexOf('***\n') + 4), published, drawn, requests, reply };
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

  it('asks a model that says nothing once more, with another seed', async () => {
    const { published, drawn, requests, reply } = await ask([said('1', 'hi')], '1', { says: [' ', ' Hm.'] });
    expect(reply).toMatchObject({ text: 'Hm.', figures: { replyTokens: 5 } });
    expect(requests.map(({ sampling, resume }) => [sampling.seed, resume])).toEqual([
      [1, []],
      [2, []],
    ]);
    expect(published).toEqual(['Hm.']);
    // Whoever goes on after a death goes on with what was shown, not with the try before.
    expect(drawn).toEqual(tokenizer.encodePlain(' Hm.'));
  });

  it('says something in the persona’s words when it says nothing twice', async () => {
    const { published, requests, reply } = await ask([said('1', 'hi')], '1', { says: '' });
    expect(requests).toHaveLength(2);
    expect(personas.get('butler').lines.empty).toContain(reply.text);
    expect(published).toEqual([reply.text]);
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
