import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNews } from '../../../bots/news/index.ts';
import { queue, useQueue } from '../../queue/fixtures/each.ts';
import { until } from '../../queue/fixtures/messages.ts';

useQueue();
let server: Server;
let asked: string[] = [];
let text = '';
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/broken') response.writeHead(500).end();
    else response.setHeader('etag', '"1"').end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

const item = (n: number) => `<item><title>Story ${n}</title><link>https://a.example/${n}</link></item>`;
const rss = (...numbers: number[]) =>
  `<rss version="2.0"><channel><title>A</title>${numbers.map(item).join('')}</channel></rss>`;

it('reads the feeds in one process at a time, and goes on when one of them is broken', async () => {
  asked = [];
  text = rss(1, 2);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const logged: object[] = [];
  const log = {
    info: (fields: object) => void logged.push(fields),
    warn: (fields: object) => void logged.push(fields),
  };
  const options = { queue, feeds: [`${url}/broken`, `${url}/feed`], log, everyMs: 60_000, mayConnect: () => true };
  const readers = [startNews(options), startNews(options)];
  await until(async () => (await queue.news.latest()).length === 2);
  expect(asked).toEqual(['/broken', '/feed']);
  expect(logged).toContainEqual(expect.objectContaining({ error: expect.stringContaining('500') }));
  // Noted after the headlines are there: what was not understood is asked for again.
  await until(async () => (await queue.news.state(`${url}/feed`)).etag !== undefined);
  expect(await queue.news.state(`${url}/feed`)).toEqual({ etag: '"1"' });

  // The one that reads ends; the other takes over.
  text = rss(2, 3);
  await Promise.all(readers.slice(0, 1).map((reader) => reader.close()));
  await until(async () => (await queue.news.latest()).length === 3, 30_000);
  await Promise.all(readers.map((reader) => reader.close()));
});
