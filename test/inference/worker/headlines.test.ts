import { describe, expect, it } from 'vitest';
import { fittingHeadline, noteOf } from '../../../inference/worker/headlines.ts';
import { NewsDesk } from '../../../inference/worker/news-desk.ts';
import type { Headline, Turn } from '../../../queue/index.ts';

const NOW = Date.now();
const HOUR = 60 * 60 * 1000;
const news = (title: string, hours = 1): Headline => ({
  ...{ id: title, feed: 'The Times', title, link: 'https://a.example/', at: NOW - hours * HOUR },
});
const said = (text: string, notes?: Turn['notes']): Turn => ({
  ...{ id: text, role: 'user', author: { id: 'test:1', name: 'Ann' }, text, at: NOW, ...(notes && { notes }) },
});
const HEADLINES = [
  news('Rail strike to shut down trains across the north on Friday'),
  news('Volcano erupts near Reykjavik, flights to Iceland cancelled'),
  news('Parliament debates the budget again'),
  news('地铁票价下月上涨引发热议'),
  news('Old volcano story from Iceland', 24 * 5),
];
const pick = (...turns: Turn[]) => fittingHeadline(turns, HEADLINES, NOW)?.title;

describe('a headline fits', () => {
  it('when it shares two of its words with what was said', () => {
    expect(pick(said('is there a strike on the trains or what'))).toMatch(/^Rail strike/);
  });

  it('when somebody speaks of a name in it', () => {
    expect(pick(said('I am flying to iceland on Sunday'))).toMatch(/^Volcano erupts/);
  });

  it('in scripts that write no spaces, too', () => {
    expect(pick(said('地铁票价又要涨了？'))).toBe('地铁票价下月上涨引发热议');
  });

  it('only what is said now, and not what everybody says', () => {
    expect(pick(said('the trains are on strike'), said('hello there'))).toBeUndefined();
    expect(pick(said('what do you think about people who want things again on friday'))).toBeUndefined();
    expect(pick(said(''))).toBeUndefined();
  });

  it('once in a chat', () => {
    const first = said('iceland!', [noteOf(HEADLINES[1] as Headline)]);
    expect(pick(first, said('so what about Iceland and the volcano'))).toBeUndefined();
  });
});

it('stands in the conversation behind what called for it, and a second attempt sees the same', async () => {
  const annotated: unknown[] = [];
  let asked = 0;
  const desk = new NewsDesk({
    news: { latest: async () => (asked++ === 0 ? HEADLINES : []) },
    conversations: { annotate: async (...given) => Boolean(annotated.push(given)) },
  });
  const turns = [said('hi'), said('iceland it is')];
  const told = await desk.tell({ conversation: 'test:chat' }, turns);
  const note = { id: HEADLINES[1]?.id, text: expect.stringMatching(/^[\d-]{10}, The Times: Volcano/) };
  expect(told).toEqual([turns[0], { ...turns[1], notes: [note] }]);
  expect(annotated).toEqual([['test:chat', 'iceland it is', [note]]]);
  expect(await desk.tell({ conversation: 'test:chat' }, told)).toBe(told);
  expect(await desk.tell({ conversation: 'test:chat' }, [said('hi')])).toHaveLength(1);
  expect(asked).toBe(1);
});

it('a note of it is dated and names its source', () => {
  expect(noteOf({ ...news('Cats win'), at: Date.parse('2026-11-25T12:00:00Z') })).toEqual({
    id: 'Cats win',
    text: '2026-11-25, The Times: Cats win',
  });
});
