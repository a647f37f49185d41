import { mkdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type Route, routes } from '../../admin/api/index.ts';
import { until } from '../queue/fixtures/messages.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

test('the API document has every route, its answers and its errors', async () => {
  stage = await Stage.open();
  const owner = await stage.owner();
  const { body } = await owner.get('/api/openapi.json');
  const paths = Object.values(routes as Record<string, Route>);
  for (const { method, url, response } of paths) {
    const described = body.paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    expect(described, `${method} ${url}`).toBeDefined();
    if (response) expect(described.responses['200'].content['application/json'].schema).toBeDefined();
    expect(described.responses['4XX'] ?? described.responses['4xx']).toBeDefined();
  }
  expect(Object.values<object>(body.paths).flatMap((path) => Object.keys(path))).toHaveLength(paths.length);
});

test('bull-board shows the queue behind the same login', async () => {
  stage = await Stage.open();
  const owner = await stage.owner();
  await stage.work();
  await stage.ended(await stage.ask('Hello'));
  const page = await owner.get('/queue');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(page.text).not.toContain('fonts.g');
  const script = /static\/js\/main\.\w+\.js/.exec(page.text)?.[0];
  expect((await owner.get(`/queue/${script}`)).headers.get('content-type')).toContain('javascript');
  const queues = '/queue/api/queues?activeQueue=jobs&status=completed&page=1&jobsPerPage=10';
  // A job is completed a moment after its reply has ended.
  await until(async () => (await owner.get(queues)).body.queues[0].counts.completed === 1);
});

test('the page is served, with its files for good and index.html for each of its addresses', async () => {
  stage = await Stage.open();
  const page = join(stage.home, 'built');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Wisecrack</title>');
  writeFileSync(join(page, 'assets/index-abc123.js'), 'export {};');
  stage.admin = await stage.start({ page });
  const browser = stage.browser();
  for (const path of ['/', '/personas/guide', '/setup']) {
    const said = await browser.get(path);
    expect([said.status, said.text]).toEqual([200, '<!doctype html><title>Wisecrack</title>']);
    expect(said.headers.get('cache-control')).toBe('no-cache');
    expect(said.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  }
  const file = await browser.get('/assets/index-abc123.js');
  expect(file.headers.get('cache-control')).toContain('immutable');
  expect((await browser.get('/assets/missing.js')).status).toBe(404);
  expect((await browser.get('/api/missing')).body.code).toBe('WISECRACK_ADMIN_NOT_FOUND');
});

test('what was compressed by the build is sent so to browsers that take it, and as it is to others', async () => {
  stage = await Stage.open();
  const page = join(stage.home, 'built');
  mkdirSync(join(page, 'assets'), { recursive: true });
  const [html, script] = ['<!doctype html><title>Wisecrack</title>', 'export const long = true;'];
  const files = { 'index.html': html, 'assets/index-abc123.js': script };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(page, name), text);
    writeFileSync(join(page, `${name}.br`), brotliCompressSync(text));
    writeFileSync(join(page, `${name}.gz`), gzipSync(text));
  }
  stage.admin = await stage.start({ page });
  for (const [path, text, type] of [
    ['/', html, 'text/html'],
    ['/history', html, 'text/html'],
    ['/assets/index-abc123.js', script, 'javascript'],
  ] as const) {
    const tags = new Set<string | null>();
    for (const [accepts, sent] of [
      ['br, gzip', 'br'],
      ['gzip', 'gzip'],
      ['identity', null],
    ]) {
      const said = await stage.browser().get(path, { 'accept-encoding': accepts ?? '' });
      expect([said.status, said.text, said.headers.get('content-encoding')]).toEqual([200, text, sent]);
      expect(said.headers.get('content-type')).toContain(type);
      expect(said.headers.get('vary')).toBe('accept-encoding');
      tags.add(said.headers.get('etag'));
    }
    // What a cache holds of one encoding is not another one's.
    expect(tags.size).toBe(3);
  }
  expect((await stage.browser().get('/assets/index-abc123.js.br')).status).toBe(404);
});

test('where the page is not built, that is said', async () => {
  stage = await Stage.open();
  const { status, text } = await stage.browser().get('/');
  expect([status, text]).toEqual([503, expect.stringContaining('npm run build')]);
});

test('Telegram’s calls are handed on with their secret, and asked again while no bot hears', async () => {
  stage = await Stage.open();
  const call = () =>
    stage.browser().post(
      '/telegram/webhook',
      { update_id: 1 },
      {
        ...{ 'sec-fetch-site': 'cross-site', 'x-telegram-bot-api-secret-token': 'right' },
      },
    );
  expect((await call()).status).toBe(503);
  const heard: unknown[] = [];
  stage.admin.telegram = async (update, secret) => {
    heard.push(update);
    return secret === 'right' ? 200 : 401;
  };
  expect((await call()).status).toBe(200);
  expect((await stage.browser().post('/telegram/webhook', { update_id: 2 })).status).toBe(401);
  expect(heard).toEqual([{ update_id: 1 }, { update_id: 2 }]);
});

test('under a public address, the page from there may act, the one from here too, and the cookie is for https', async () => {
  stage = await Stage.open({ url: 'https://wit.example' });
  expect(stage.admin.url).toBe('https://wit.example');
  const token = stage.admin.setupLink?.split('/setup#')[1];
  const post = (headers: Record<string, string>, name: string) =>
    new Promise<{ status: number; cookie: string }>((resolve, reject) => {
      const body = JSON.stringify({ token, name, password: 'correct horse battery' });
      const options = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
      const request = httpRequest(`${stage.listening}/api/setup`, options, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, cookie: String(response.headers['set-cookie']) });
      });
      request.on('error', reject).end(body);
    });
  expect((await post({ host: 'evil.example', origin: 'https://wit.example' }, 'Olga')).status).toBe(403);
  expect((await post({ host: 'wit.example', origin: 'https://evil.example' }, 'Olga')).status).toBe(403);
  const { status, cookie } = await post({ host: 'wit.example', origin: 'https://wit.example' }, 'Olga');
  expect(status).toBe(200);
  expect(cookie).toContain('Secure');
});

test('where others come in, nothing listens until an address is set', async () => {
  stage = await Stage.open();
  const before = stage.listening;
  // The last one is of a network that is nobody's (RFC 5737): it is refused before anything listens.
  for (const host of ['0.0.0.0', '::', '192.0.2.7']) {
    const refused = await stage.start({ host }).catch((error) => error);
    expect(refused).toMatchObject({
      code: 'WISECRACK_ADMIN_EXPOSED',
      mend: expect.stringContaining('WISECRACK_ADMIN_URL'),
    });
    expect(refused.message).toContain(host);
  }
  expect(stage.listening).toBe(before);
});

test('beyond loopback it answers under its address and this machine’s names only, whatever leads a browser to it', async () => {
  stage = await Stage.open({ host: '0.0.0.0', url: 'http://wit.example:8420' });
  const { port } = new URL(stage.listening);
  const ask = (host: string, path: string) =>
    new Promise<number>((resolve, reject) => {
      const request = httpRequest(`http://127.0.0.1:${port}${path}`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });
  for (const host of ['wit.example:8420', `127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
    expect(await ask(host, '/api/session'), host).toBe(200);
  }
  // A name that an attacker lets lead here (DNS rebinding), and near misses.
  for (const host of ['evil.example', 'wit.example', 'wit.example:80', 'wit.example.evil.example:8420', '0.0.0.0']) {
    for (const path of ['/api/session', '/', '/metrics', '/telegram/webhook']) {
      expect(await ask(host, path), `${host}${path}`).toBe(403);
    }
  }
});

test('a port that is taken is an error that says so', async () => {
  stage = await Stage.open();
  const port = Number(new URL(stage.admin.url).port);
  await expect(stage.start({ port })).rejects.toMatchObject({ code: 'WISECRACK_ADMIN_PORT_TAKEN' });
});
