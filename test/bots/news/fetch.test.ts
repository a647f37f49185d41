import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchFeed, isPublic } from '../../../bots/news/index.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  return new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const mayConnect = (address: string) => address === '127.0.0.1';
const failed = (reason: RegExp) => ({
  code: 'WISECRACK_FEED_FAILED',
  message: expect.stringMatching(reason),
});

describe('a feed', () => {
  it('is read once, and asked for again only if it has changed', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve(({ headers }, response) => {
      asked.push(headers['if-none-match'], headers['if-modified-since']);
      if (headers['if-none-match'] === '"1"') response.writeHead(304).end();
      else response.writeHead(200, { etag: '"1"', 'last-modified': 'today' }).end('<rss/>');
    });
    const first = await fetchFeed(url, { mayConnect });
    expect(first).toEqual({ text: '<rss/>', state: { etag: '"1"', lastModified: 'today' } });
    expect(await fetchFeed(url, { mayConnect, state: first?.state ?? {} })).toBeUndefined();
    expect(asked).toEqual([undefined, undefined, '"1"', 'today']);
  });

  it.each([
    ['text/xml; charset=gb2312', Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), '你好'],
    ['text/xml', Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?>\xe9', 'latin1'), 'é'],
    ['text/xml', Buffer.from('你好'), '你好'],
  ])('is read in its own charset: %s', async (type, body, text) => {
    const url = await serve((_, response) => response.writeHead(200, { 'content-type': type }).end(body));
    expect((await fetchFeed(url, { mayConnect }))?.text).toContain(text);
  });

  it('is found behind redirects, but not behind many', async () => {
    const url = await serve((request, response) => {
      const hops = Number(request.url?.slice(1));
      if (hops > 0) response.writeHead(302, { location: `/${hops - 1}` }).end();
      else response.end('here');
    });
    expect((await fetchFeed(`${url}/3`, { mayConnect }))?.text).toBe('here');
    await expect(fetchFeed(`${url}/4`, { mayConnect })).rejects.toMatchObject(failed(/redirects/));
  });

  it.each([
    'http://127.0.0.1/',
    'http://[::1]:6379/',
    'http://localhost/',
    'http://[::ffff:10.0.0.1]/',
    'http://0x7f.1/',
  ])('is not read from a private address: %s', async (url) => {
    await expect(fetchFeed(url)).rejects.toMatchObject(failed(/not on the open internet/));
  });

  it('is not read from a private address that a public one points to', async () => {
    const url = await serve((_, response) => response.writeHead(301, { location: 'http://[::1]/' }).end());
    await expect(fetchFeed(url, { mayConnect })).rejects.toMatchObject(failed(/not on the open internet/));
  });

  it.each([
    ['a server in trouble', (_: unknown, response: ServerResponse) => response.writeHead(500).end(), /answered 500/],
    [
      'a connection that is cut',
      (_: unknown, r: ServerResponse) => r.writeHead(200).write('<rss', () => r.destroy()),
      /cut/,
    ],
    [
      'more than 2 MB',
      (_: unknown, response: ServerResponse) => response.end('x'.repeat(2_000_001)),
      /larger than 2 MB/,
    ],
    [
      'a charset that nobody knows',
      (_: unknown, r: ServerResponse) => r.writeHead(200, { 'content-type': 'x; charset=klingon' }).end('x'),
      /charset "klingon"/,
    ],
    [
      'another protocol',
      (_: unknown, r: ServerResponse) => r.writeHead(302, { location: 'file:///etc/passwd' }).end(),
      /only http/,
    ],
  ])('fails with a reason: %s', async (_, answer, reason) => {
    const url = await serve(answer as never);
    await expect(fetchFeed(`${url}/?key=secret`, { mayConnect })).rejects.toMatchObject(failed(reason));
    await expect(fetchFeed(`${url}/?key=secret`, { mayConnect })).rejects.not.toThrow(/secret/);
  });

  it('ends when it is no longer wanted', async () => {
    const url = await serve(() => {});
    const ending = new AbortController();
    const fetched = fetchFeed(url, { mayConnect, signal: ending.signal });
    ending.abort();
    await expect(fetched).rejects.toMatchObject({ code: 'WISECRACK_FEED_FAILED' });
  });
});

describe('a public address', () => {
  it.each(['8.8.8.8', '2606:4700::1111'])('%s is one', (address) => expect(isPublic(address)).toBe(true));

  it.each([
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    'no address',
  ])('%s is none', (address) => expect(isPublic(address)).toBe(false));

  it('is never one of this machine’s', () => {
    fc.assert(fc.property(fc.nat(0xffffff), (n) => !isPublic(`127.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)));
  });
});
