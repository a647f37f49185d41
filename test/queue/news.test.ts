import { expect, test } from 'vitest';
import type { Headline } from '../../queue/index.ts';
import { prefix, queue, server, useQueue } from './fixtures/each.ts';

useQueue();
const headline = (n: number, at: number): Headline => ({
  ...{ id: `h${n}`, feed: 'A', title: `Story ${n}`, link: `https://a.example/${n}`, at },
});
const DAY = 24 * 60 * 60 * 1000;

test('headlines are told once each, the newest first', async () => {
  const now = Date.now();
  expect(await queue.news.add([headline(1, now - 2), headline(2, now - 1)])).toBe(2);
  expect(await queue.news.add([headline(2, now - 1), headline(3, now)])).toBe(1);
  expect((await queue.news.latest()).map(({ id }) => id)).toEqual(['h3', 'h2', 'h1']);
  expect((await queue.news.latest({ since: now - 1, limit: 1 })).map(({ id }) => id)).toEqual(['h3']);
});

test('headlines are kept for a week, and not more than 500 of them', async () => {
  const now = Date.now();
  await queue.news.add([headline(1, now - 6 * DAY)]);
  expect(await queue.news.add([headline(2, now - 8 * DAY)])).toBe(0);
  await queue.news.add([headline(3, now + 2 * DAY)], { now: now + 2 * DAY });
  expect((await queue.news.latest()).map(({ id }) => id)).toEqual(['h3']);
  for (let batch = 0; batch < 6; batch++) {
    await queue.news.add(
      Array.from({ length: 100 }, (_, i) => headline(1000 + batch * 100 + i, now + batch * 100 + i)),
    );
  }
  const all = await queue.news.latest();
  expect(all).toHaveLength(500);
  expect(all.at(-1)?.id).toBe('h1101');
});

test('what a feed’s server said is remembered, and its address does not lie in Redis', async () => {
  await queue.news.setState('https://a.example/?key=secret', { etag: '"1"' });
  expect(await queue.news.state('https://a.example/?key=secret')).toEqual({ etag: '"1"' });
  expect(await queue.news.state('https://b.example/')).toEqual({});
  const redis = server.handle.connect();
  const fields = await redis.hkeys(`${prefix}:news:feeds`);
  redis.disconnect();
  expect(fields.join()).not.toContain('secret');
});
