import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Route, routes } from '../../admin/api/index.ts';
import { until } from '../queue/fixtures/messages.ts';
import type { Client } from './fixtures/client.ts';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
let owner: Client;
let viewer: Client;
let operator: Client;
beforeAll(async () => {
  stage = await Stage.open();
  owner = await stage.owner();
  viewer = await stage.invited(owner, 'viewer', 'Vera');
  operator = await stage.invited(owner, 'operator', 'Otto');
});
afterAll(() => stage.close());

const all = Object.entries(routes as Record<string, Route>);
const guarded = all.filter(([, { role }]) => role !== 'anyone');
const pathOf = ({ url }: Route) => url.replace(/:\w+/g, 'x1');
const bodyOf = ({ method, body }: Route) => (body && method !== 'GET' ? {} : undefined);

test.each(guarded)('%s: nobody gets in without a session', async (_, route) => {
  const { status, body } = await stage.browser().send(route.method, pathOf(route), bodyOf(route));
  expect([status, body.code]).toEqual([
    401,
    route.role === 'guest' ? 'WISECRACK_CHAT_NO_SESSION' : 'WISECRACK_ADMIN_NO_SESSION',
  ]);
});

test.each(guarded.filter(([, { role }]) => role === 'operator' || role === 'owner'))(
  '%s: a viewer gets 403',
  async (_, route) => {
    const { status, body } = await viewer.send(route.method, pathOf(route), bodyOf(route));
    expect([status, body.code]).toEqual([403, 'WISECRACK_ADMIN_FORBIDDEN']);
  },
);

test.each(guarded.filter(([, { role }]) => role === 'owner'))('%s: an operator gets 403', async (_, route) => {
  expect((await operator.send(route.method, pathOf(route), bodyOf(route))).status).toBe(403);
});

test.each(all.filter(([, { method }]) => method !== 'GET'))(
  '%s: another site cannot make a browser do it',
  async (_, route) => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      const { status, body } = await owner.send(route.method, pathOf(route), bodyOf(route), headers);
      expect([status, body.code]).toEqual([403, 'WISECRACK_ADMIN_FOREIGN_ORIGIN']);
    }
  },
);

describe('the origin of an old browser', () => {
  /** `fetch` adds Sec-Fetch-* itself; this does not. */
  const post = (headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const { host } = new URL(stage.admin.url);
      const options = { method: 'POST', headers: { cookie: viewer.cookie, host, ...headers } };
      const request = httpRequest(`${stage.admin.url}/api/account/totp`, options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });

  test('is ours or none', async () => {
    expect(await post({ origin: stage.admin.url })).toBe(200);
    expect(await post({ origin: 'https://evil.example' })).toBe(403);
    expect(await post({ origin: 'null' })).toBe(403);
    expect(await post({})).toBe(403);
  });

  test('cannot be made ours by another name for this machine', async () => {
    const evil = { host: 'evil.example:80', origin: 'http://evil.example:80' };
    expect(await post(evil)).toBe(403);
  });
});

test('a token gets in without cookie and origin, with its role and no more, until it is revoked', async () => {
  const { body } = await owner.post('/api/tokens', { name: 'grafana', role: 'viewer' });
  const script = stage.browser();
  const headers = { authorization: `Bearer ${body.token}`, 'sec-fetch-site': 'cross-site' };
  expect((await script.get('/api/now', headers)).status).toBe(200);
  expect((await script.get('/metrics', headers)).text).toContain('wisecrack_jobs{state="waiting"} 0');
  expect((await script.post('/api/replies/x:1/cancel', undefined, headers)).status).toBe(403);
  expect((await script.post('/api/account/totp', undefined, headers)).status).toBe(403);
  expect((await owner.get('/api/tokens')).body).toMatchObject([{ name: 'grafana', usedAt: expect.any(Number) }]);
  await owner.send('DELETE', `/api/tokens/${body.id}`);
  expect((await script.get('/api/now', headers)).status).toBe(401);
});

test('/metrics, the API document and the raw queue want a session too', async () => {
  for (const path of ['/metrics', '/api/openapi.json', '/queue', '/queue/api/queues']) {
    expect((await stage.browser().get(path)).status).toBe(401);
  }
  expect((await viewer.get('/queue/api/queues')).status).toBe(403);
});

test('a body of 100 MB is refused, and a stranger’s is not read at all', async () => {
  const large = `{"name":"${'x'.repeat(100 * 1024 * 1024)}"}`;
  const send = async (client: Client, path: string) => {
    try {
      return (await client.post(path, large)).status;
    } catch {
      // The server hangs up while we still send.
      return 'hung up';
    }
  };
  expect([413, 'hung up']).toContain(await send(owner, '/api/tokens'));
  expect([401, 'hung up']).toContain(await send(stage.browser(), '/api/tokens'));
  expect([413, 'hung up']).toContain(await send(stage.browser(), '/api/login'));
  expect((await owner.get('/api/now')).status).toBe(200);
});

test('script in names and messages comes back as JSON, on pages that run no foreign script', async () => {
  const script = '<script>alert(1)</script><img src=x onerror=alert(1)>';
  await stage.work();
  const job = await stage.ask(script, { name: script, chat: 'xss' });
  await stage.ended(job);
  for (const said of [
    await owner.get('/api/conversations'),
    await owner.post('/api/conversations/test%3Axss/reveal'),
    await owner.get(`/api/replies/${encodeURIComponent(job)}`),
  ]) {
    expect(said.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(said.headers.get('x-content-type-options')).toBe('nosniff');
    expect(said.headers.get('content-security-policy')).toMatch(
      /default-src 'self';script-src 'self';style-src 'self';/,
    );
    expect(JSON.stringify(said.body)).toContain(JSON.stringify(script).slice(1, -1));
  }
  // Also where it stands in an address.
  const missing = await owner.get(`/api/${encodeURIComponent(script)}`);
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
});

test('no name of a persona leads out of its folder', async () => {
  const yaml = (await owner.get('/api/personas/guide')).body.yaml;
  for (const name of ['..%2Fevil', '..%2F..%2Fetc%2Fpasswd', '%2Fetc%2Fpasswd', 'a%00b', '.hidden', 'A', 'con.yaml']) {
    const path = `/api/personas/${name}`;
    expect((await owner.get(path)).status).toBe(400);
    expect((await owner.send('PUT', path, { draft: { yaml }, revision: null })).status).toBe(400);
  }
  expect(await readdir(stage.home)).not.toContain('evil.yaml');
});

test('files of the page lead nowhere else', async () => {
  for (const path of ['/..%2f..%2fpackage.json', '/%2e%2e/package.json', '/assets/..%2f..%2fadmin.key']) {
    const { status, text } = await owner.get(path);
    expect(status).not.toBe(200);
    expect(text).not.toContain('wisecrack');
  }
});

test('a stream ends at logout, and when a role is taken away', async () => {
  const gone = await stage.invited(owner, 'operator', 'Gustav');
  const stream = await gone.stream('/api/now/events');
  await until(() => stream.of('snapshot').length > 0);
  await gone.post('/api/logout');
  await stream.ended;

  const demoted = await stage.invited(owner, 'operator', 'Dora');
  const logs = await demoted.stream('/api/logs/events');
  expect(logs.status).toBe(200);
  await owner.send('PATCH', '/api/accounts/Dora', { role: 'viewer' });
  await logs.ended;
});
