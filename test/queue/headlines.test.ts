import { describe, expect, it } from 'vitest';
import { dailyHeadlines, type Headline } from '../../queue/index.ts';

const NOW = Date.now();
const news = (title: string, hours = 1): Headline => ({
  ...{ id: title, feed: 'The Times', title, link: 'https://a.example/', at: NOW - hours * 60 * 60 * 1000 },
});
const HEADLINES = [
  news('AI writes a novel'),
  news('Rain in Spain again'),
  news('地铁票价下月上涨'),
  news('Spain votes', 40),
];
const titles = (topic?: string, headlines = HEADLINES) =>
  dailyHeadlines(headlines, topic, NOW, 5).map(({ title }) => title);

describe('the headlines of the day', () => {
  it('are those of the last 24 hours, or of three days when there was nothing since', () => {
    expect(titles()).toEqual(HEADLINES.slice(0, 3).map(({ title }) => title));
    expect(titles('  ', HEADLINES.slice(3))).toEqual(['Spain votes']);
    expect(titles(undefined, [news('Old', 24 * 4)])).toEqual([]);
  });

  it.each([
    ['ai', ['AI writes a novel']],
    ['Spain', ['Rain in Spain again', 'Spain votes']],
    ['the weather in SPAIN', ['Rain in Spain again', 'Spain votes']],
    ['票价', ['地铁票价下月上涨']],
    ['铁', ['地铁票价下月上涨']],
    ['pain', []],
    ['?!', []],
  ])('about %s are those with its words', (topic, expected) => expect(titles(topic)).toEqual(expected));
});
