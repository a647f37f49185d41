import { expect, test } from 'vitest';
import { until } from '../queue/fixtures/messages.ts';
import { owner, stage, useStage } from './fixtures/each.ts';

useStage();

const change = (scope: string, patch: object, by = owner) => by.send('PATCH', '/api/rules', { scope, patch });

test('rules are changed by scope, with before and after in the audit, and undone', async () => {
  expect((await change('all', { userPerMinute: 3, blockUsers: ['discord:1'] })).body.settings).toEqual({
    ...{ userPerMinute: 3, blockUsers: ['discord:1'] },
  });
  expect((await change('server:discord:42', { userPerMinute: 9, persona: 'pirate' })).status).toBe(200);
  // What is set, and what holds: a server cannot loosen.
  const { body } = await owner.get('/api/rules?scope=channel:discord:7&under=server:discord:42');
  expect(body.settings).toEqual({});
  expect(body.effective).toMatchObject({ userPerMinute: 3, persona: 'pirate', serverPerMinute: 60 });
  expect(body.settable).toContain('persona');
  expect(body.settable).not.toContain('userPerMinute');
  expect((await owner.get('/api/rules/scopes')).body).toEqual([
    { scope: 'all', settings: 2 },
    { scope: 'server:discord:42', settings: 2 },
  ]);

  const { entries } = (await owner.get('/api/audit')).body;
  const [, first] = entries.filter(({ kind }: { kind: string }) => kind === 'settings');
  expect(first).toMatchObject({ scope: 'all', by: 'Olga', before: {}, after: { userPerMinute: 3 } });
  const undone = await owner.post(`/api/audit/${first.id}/undo`);
  expect(undone.body).toMatchObject({ scope: 'all', settings: {} });
  expect((await owner.get('/api/rules')).body.settings).toEqual({});
  expect((await owner.get('/api/audit')).body.entries[0]).toMatchObject({
    scope: 'all',
    before: { userPerMinute: 3 },
    after: {},
  });
});

test('a change that somebody has changed again is not undone; one beside it is', async () => {
  await change('all', { userPerMinute: 3 });
  await change('all', { serverPerMinute: 30 });
  const { entries } = (await owner.get('/api/audit')).body;
  const [server, user] = entries.filter(({ kind }: { kind: string }) => kind === 'settings');
  await change('all', { userPerMinute: 4 });
  const overtaken = await owner.post(`/api/audit/${user.id}/undo`);
  expect([overtaken.status, overtaken.body.code]).toEqual([409, 'WISECRACK_ADMIN_OVERTAKEN']);
  expect((await owner.post(`/api/audit/${server.id}/undo`)).body.settings).toEqual({ userPerMinute: 4 });
  expect((await owner.post('/api/audit/1-1/undo')).status).toBe(404);
});

test('a value that cannot be is refused, with the reason', async () => {
  for (const [scope, patch] of [
    ['all', { userPerMinute: 0 }],
    ['all', { nonsense: 1 }],
    ['user:discord:1', { userPerMinute: 3 }],
    ['everywhere', { userPerMinute: 3 }],
  ] as const) {
    const { status, body } = await change(scope, patch);
    expect(status).toBe(400);
    expect(body.message).not.toBe('');
  }
  const taken = await change('all', { userPerMinute: 3 });
  expect(taken.body.settings).toEqual({ userPerMinute: 3 });
  expect((await change('all', { userPerMinute: null })).body.settings).toEqual({});
});

test('pause holds the workers back until it is taken back, also by undo', async () => {
  await stage.work();
  await change('all', { paused: true });
  const job = await stage.ask('Anybody there?');
  await until(async () => (await owner.get('/api/now')).body.queue.waiting === 1);
  expect((await owner.get('/api/now')).body.paused).toBe(true);
  expect(stage.scripted.asked).toEqual([]);
  expect(await stage.queue.position(job)).toBe(1);

  const { entries } = (await owner.get('/api/audit')).body;
  expect((await owner.post(`/api/audit/${entries[0].id}/undo`)).status).toBe(200);
  expect(await stage.ended(job)).toContain('Anybody there?');
});

test('the audit goes on page by page, each entry once', async () => {
  for (let at = 1; at <= 7; at++) await change('all', { userPerMinute: at });
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await owner.get(`/api/audit?limit=3${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.entries.map(({ id }: { id: string }) => id));
    if (body.next === null) break;
    cursor = body.next;
  }
  expect(new Set(seen).size).toBe(seen.length);
  // The changes, and that the owner's account was made.
  expect(seen).toHaveLength(8);
});
