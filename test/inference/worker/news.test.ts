import { describe, expect, it } from 'vitest';
import type { Engine, GenerateRequest } from '../../../inference/engine/index.ts';
import { answer } from '../../../inference/worker/answer.ts';
import { NewsDesk } from '../../../inference/worker/news-desk.ts';
import { PersonaStore } from '../../../personas/index.ts';
import type { HandlerContext, Headline, Job, Note, Turn } from '../../../queue/index.ts';
import { packageRoot } from '../../../root.ts';
import { byteTokenizer as tokenizer } from '../context/fake-tokenizer.ts';

const personas = await PersonaStore.open(`${packageRoot()}/personas`);
const NOW = Date.now();
const headline = (n: number, title: string, hours = 1): Headline => ({
  ...{ id: `h${n}`, feed: 'The Times', title, link: `https://a.example/${n}`, at: NOW - hours * 3_600_000 },
});
const HEADLINES = [
  headline(1, 'Cats elected'),
  headline(2, 'Rail strike over'),
  headline(3, 'Old cats remembered', 40),
];
const said = (id: string, text: string, at = 0): Turn => ({
  ...{ id, role: 'user', author: { id: 'test:1', name: 'Ann' }, text, at },
});

/** A chat whose last turn asks for something; the model says one thing after the other. */
function chat(turns: Turn[], wants: Job['wants'], says: string[], shown = '', blocked?: Job['blocked']) {
  const prompts: string[] = [];
  const published: string[] = [];
  const engine = {
    ...{ name: 'fake', tokenizer, context: 8192 },
    async *generate({ prompt }: GenerateRequest) {
      const text = tokenizer.decode(prompt);
      prompts.push(text.slice(text.lastIndexOf('***\n') + 4));
      const next = says.shift() ?? '';
      yield { text: next, tokens: tokenizer.encodePlain(next), finish: 'stop' as const };
    },
  } as unknown as Engine;
  const conversations = {
    annotate: async (_: string, id: string, notes: readonly Note[]) => {
      const turn = turns.find((turn) => turn.id === id);
      if (turn) turn.notes = [...notes];
      return true;
    },
  };
  const context: HandlerContext = {
    ...{ signal: new AbortController().signal, resume: { tokens: [], text: shown, attempt: 1 } },
    ...{ start: () => {}, publish: async (text: string) => void published.push(text) },
    conversation: { read: async () => turns, summary: async () => undefined, getPersona: async () => undefined },
  };
  const job: Job = {
    ...{
      id: 'test:job',
      platform: 'test',
      conversation: 'test:chat',
      turnId: turns.at(-1)?.id ?? '',
      persona: 'butler',
    },
    ...{ seed: 1, trace: 'trace', createdAt: 0, ...(wants && { wants }), ...(blocked && { blocked }) },
  };
  const tell = (headlines = HEADLINES) =>
    answer(job, context, {
      ...{ engine, personas, news: new NewsDesk({ news: { latest: async () => headlines }, conversations }) },
    });
  return { tell, prompts, published };
}

describe('the news', () => {
  it('are told one after the other, each with a remark and the feed’s own link', async () => {
    const { tell, prompts, published } = chat([said('1', 'news?')], { kind: 'news' }, [' Purring.', ' At last.']);
    const { text } = await tell();
    expect(text).toBe(
      '“Cats elected” (The Times)\nPurring.\nhttps://a.example/1\n\n“Rail strike over” (The Times)\nAt last.\nhttps://a.example/2',
    );
    expect(published.join('')).toBe(text);
    expect(published).toHaveLength(2);
    expect(prompts[1]).toMatch(
      /^Ann: news\?\n\[note: [\d-]+, The Times: Cats elected\]\nPemberton: Purring\.\nAnn: And what else\?\n\[note: [\d-]+, The Times: Rail strike over\]\nPemberton:$/,
    );
  });

  it('hold no address that the model made up, and no half sentence', async () => {
    const { tell } = chat([said('1', 'news?')], { kind: 'news' }, [' See https://evil.example now. And th', '']);
    expect((await tell()).text).toMatch(/^“Cats elected” \(The Times\)\nSee now\.\nhttps:\/\/a\.example\/1\n\n“Rail/);
  });

  it('are about a topic, when there is one, also those of yesterday', async () => {
    const { tell } = chat([said('1', 'cats?')], { kind: 'news', topic: 'cats' }, [' A.', ' B.']);
    expect((await tell()).text.match(/“.*”/g)).toEqual(['“Cats elected”', '“Old cats remembered”']);
  });

  it('leave out the headlines and remarks that hold what is blocked', async () => {
    const blocked = { output: ['strike', 'darn'] };
    const { tell } = chat([said('1', 'news?')], { kind: 'news' }, [' Darn cats.', ' Never asked.'], '', blocked);
    expect((await tell()).text).toBe('“Cats elected” (The Times)\nhttps://a.example/1');
  });

  it('are the same when a second attempt tells them, and go on where the first one stopped', async () => {
    const turns = [said('1', 'news?')];
    const first = await chat(turns, { kind: 'news' }, [' A.', ' B.']).tell();
    const begun = first.text.slice(0, first.text.indexOf('\n\n'));
    const second = chat(turns, { kind: 'news' }, [' A.', ' B.'], begun);
    const reply = await second.tell([headline(9, 'Something newer'), ...HEADLINES]);
    expect(reply.text).toBe(first.text);
    expect(begun + second.published.join('')).toBe(first.text);
  });

  it('are an excuse when there are none', async () => {
    const { tell } = chat([said('1', 'news?')], { kind: 'news' }, []);
    expect(personas.get('butler').lines.empty).toContain((await tell([])).text);
  });
});

describe('a catch-up', () => {
  const turns = [said('1', 'one', 10), said('2', 'two', 20), said('3', 'three', 30), said('4', 'what did I miss?', 40)];

  it('is about the last messages, or those since some time', async () => {
    const last = chat([...turns], { kind: 'catchup', last: 2 }, [' Much.']);
    await last.tell();
    expect(last.prompts).toEqual(['Ann: two\nAnn: three\nAnn: what did I miss?\nPemberton:']);
    const since = chat([...turns], { kind: 'catchup', since: 30 }, [' Little.']);
    await since.tell();
    expect(since.prompts).toEqual(['Ann: three\nAnn: what did I miss?\nPemberton:']);
  });
});
