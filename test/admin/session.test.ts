import { Secret, TOTP } from 'otpauth';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stage } from './fixtures/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

const password = 'correct horse battery';

test('the setup link creates the owner, once', async () => {
  const token = stage.admin.setupLink?.split('#')[1];
  expect((await stage.browser().get('/api/session')).body).toEqual({ setup: true, account: null });

  const owner = stage.browser();
  const { status, body } = await owner.post('/api/setup', { token, name: 'Olga', password });
  expect([status, body]).toEqual([200, { name: 'Olga', role: 'owner', totp: false }]);
  expect((await owner.get('/api/session')).body).toEqual({ setup: false, account: body });

  const second = await stage.browser().post('/api/setup', { token, name: 'Mallory', password });
  expect([second.status, second.body.code]).toEqual([410, 'WISECRACK_ADMIN_LINK_INVALID']);
  expect((await stage.start()).setupLink).toBeUndefined();
});

test('only the newest setup link holds', async () => {
  const newer = await stage.start();
  expect(
    (await stage.browser().post('/api/setup', { token: stage.admin.setupLink?.split('#')[1], name: 'Olga', password }))
      .status,
  ).toBe(410);
  expect(
    (await stage.browser().post('/api/setup', { token: newer.setupLink?.split('#')[1], name: 'Olga', password }))
      .status,
  ).toBe(200);
});

test('of many who use the setup link at once, one becomes owner', async () => {
  const token = stage.admin.setupLink?.split('#')[1];
  const said = await Promise.all(
    Array.from({ length: 8 }, (_, at) => stage.browser().post('/api/setup', { token, name: `Nr ${at}`, password })),
  );
  expect(said.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(410)]);
});

test('a short password or a strange name is refused', async () => {
  const token = stage.admin.setupLink?.split('#')[1];
  for (const wrong of [{ password: 'short' }, { name: '<b>x</b>' }, { name: '' }]) {
    const { status, body } = await stage.browser().post('/api/setup', { token, name: 'Olga', password, ...wrong });
    expect([status, body.code]).toEqual([400, 'WISECRACK_ADMIN_REQUEST_INVALID']);
  }
  // Which of them, and why, so that any language can say it.
  const { body } = await stage.browser().post('/api/setup', { token, password: 'short' });
  expect(body.message).toContain('password: Too small');
  expect(body.values.reason.list).toMatchObject([
    { path: ['name'], code: 'missing' },
    { path: ['password'], code: 'length', values: { relation: 'least', limit: 10 } },
  ]);
});

test('the cookie is HttpOnly and SameSite=Strict, and Redis holds no secret', async () => {
  const owner = await stage.owner();
  const browser = stage.browser();
  const said = await browser.post('/api/login', { name: 'olga', password });
  expect(said.headers.getSetCookie().join()).toMatch(/HttpOnly.*SameSite=Strict/);
  await owner.post('/api/tokens', { name: 'grafana', role: 'viewer' });

  const redis = stage.server.connect();
  // argon2id with 19 MiB and two passes, as OWASP advises.
  expect(JSON.parse((await redis.hget('test:admin:accounts', 'olga')) ?? '').password).toMatch(
    /^\$argon2id\$v=19\$(?=.*m=19456)(?=.*t=2)/,
  );
  const secrets = [owner.cookie, browser.cookie].map((it) => it.split('=')[1] ?? '');
  let dump = '';
  for (const key of await redis.keys('*')) dump += `${key} ${(await redis.dump(key)) ?? ''}\n`;
  redis.disconnect();
  for (const secret of [...secrets, password]) expect(dump).not.toContain(secret);
  expect(stage.logged.join()).not.toContain(secrets[0]);
});

test('logging in makes a new session, whatever id the browser had', async () => {
  await stage.owner();
  const browser = stage.browser();
  browser.cookie = 'wisecrack_session=chosen-by-somebody-else';
  await browser.post('/api/login', { name: 'Olga', password });
  const first = browser.cookie;
  expect(first).not.toContain('chosen');
  await browser.post('/api/login', { name: 'Olga', password });
  expect(browser.cookie).not.toBe(first);

  const fixed = stage.browser();
  fixed.cookie = 'wisecrack_session=chosen-by-somebody-else';
  expect((await fixed.get('/api/now')).status).toBe(401);
  // The session before it has ended with the new one.
  fixed.cookie = first;
  expect((await fixed.get('/api/now')).status).toBe(401);
});

test('a session ends at logout', async () => {
  const owner = await stage.owner();
  const { cookie } = owner;
  expect((await owner.post('/api/logout')).status).toBe(204);
  owner.cookie = cookie;
  expect((await owner.get('/api/now')).status).toBe(401);
});

test('a changed password ends all other sessions', async () => {
  const owner = await stage.owner();
  const other = stage.browser();
  await other.post('/api/login', { name: 'Olga', password });
  const wrong = await owner.post('/api/account/password', {
    current: 'not the one',
    password: 'another horse battery',
  });
  expect(wrong.status).toBe(401);
  await owner.post('/api/account/password', { current: password, password: 'another horse battery' });
  expect((await owner.get('/api/now')).status).toBe(200);
  expect((await other.get('/api/now')).status).toBe(401);
  expect((await other.post('/api/login', { name: 'Olga', password })).status).toBe(401);
  expect((await other.post('/api/login', { name: 'Olga', password: 'another horse battery' })).status).toBe(200);
});

test('whoever guesses is stopped, also with many guesses at once, and does not learn who exists', async () => {
  await stage.owner();
  const guess = (name: string) => stage.browser().post('/api/login', { name, password: 'wrong wrong wrong' });
  const said = await Promise.all(Array.from({ length: 30 }, () => guess('Olga')));
  expect(said.filter(({ status }) => status === 401)).toHaveLength(10);
  const refused = said.find(({ status }) => status === 429);
  expect(refused?.body.code).toBe('WISECRACK_ADMIN_TOO_OFTEN');
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  // The right password does not help now, and a name that is not there is answered as one that is.
  expect((await stage.browser().post('/api/login', { name: 'Olga', password })).status).toBe(429);
  expect((await guess('Nobody')).body).toEqual(said.find(({ status }) => status === 401)?.body);
});

test('TOTP: a code is asked for, and each holds once', async () => {
  const owner = await stage.owner();
  const { body: offer } = await owner.post('/api/account/totp');
  const totp = new TOTP({ secret: Secret.fromBase32(offer.secret) });
  expect(offer.url).toMatch(/^otpauth:\/\/totp\/Wisecrack:Olga\?/);
  expect((await owner.post('/api/account/totp/confirm', { code: '000000' })).status).toBe(401);
  // Codes of this period and the next one: both hold for a while yet, whenever they are looked at.
  const now = Date.now();
  const confirmed = await owner.post('/api/account/totp/confirm', { code: totp.generate({ timestamp: now }) });
  expect(confirmed.status).toBe(204);

  const browser = stage.browser();
  const login = (code?: string) => browser.post('/api/login', { name: 'Olga', password, ...(code && { code }) });
  expect((await login()).body.code).toBe('WISECRACK_ADMIN_CODE_NEEDED');
  const code = totp.generate({ timestamp: now + 30_000 });
  expect((await login(code)).body).toMatchObject({ name: 'Olga', totp: true });
  expect((await login(code)).status).toBe(401);

  expect((await browser.send('DELETE', '/api/account/totp', { password })).status).toBe(204);
  expect((await login()).status).toBe(200);
  const redis = stage.server.connect();
  expect(JSON.stringify(await redis.hgetall('test:admin:accounts'))).not.toContain(offer.secret);
  redis.disconnect();
});

test('invites: each makes one account of its role', async () => {
  const owner = await stage.owner();
  const viewer = await stage.invited(owner, 'viewer', 'Vera');
  expect((await viewer.get('/api/session')).body.account).toEqual({ name: 'Vera', role: 'viewer', totp: false });
  const { body } = await owner.post('/api/invites', { role: 'operator' });
  const token = body.link.split('#')[1];
  const taken = await stage.browser().post('/api/invites/accept', { token, name: 'VERA', password });
  expect([taken.status, taken.body.code]).toEqual([409, 'WISECRACK_ADMIN_NAME_TAKEN']);
  expect((await owner.get('/api/invites')).body).toMatchObject([{ id: body.id, role: 'operator', by: 'Olga' }]);
  expect((await owner.send('DELETE', `/api/invites/${body.id}`)).status).toBe(204);
  expect((await stage.browser().post('/api/invites/accept', { token, name: 'Otto', password })).status).toBe(410);
});

test('there is always an owner; a role that is taken away is gone at once', async () => {
  const owner = await stage.owner();
  const other = await stage.invited(owner, 'owner', 'Otto');
  expect((await owner.send('PATCH', '/api/accounts/otto', { role: 'viewer' })).status).toBe(200);
  expect((await other.get('/api/accounts')).status).toBe(403);
  const last = await owner.send('PATCH', '/api/accounts/Olga', { role: 'viewer' });
  expect([last.status, last.body.code]).toEqual([409, 'WISECRACK_ADMIN_LAST_OWNER']);
  expect((await owner.send('DELETE', '/api/accounts/Olga')).status).toBe(409);
  expect((await owner.send('DELETE', '/api/accounts/Otto')).status).toBe(204);
  expect((await other.get('/api/now')).status).toBe(401);
});
