import { beforeEach, expect, test } from 'vitest';
import { csv } from '../../admin/server/http/csv.ts';
import { until } from '../queue/fixtures/messages.ts';
import { owner, stage, useStage } from './fixtures/each.ts';

useStage();
beforeEach(async () => {
  await stage.work();
});

const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);

test.each([
  ['1h', 60, 60_000],
  ['24h', 144, 600_000],
  ['30d', 120, 21_600_000],
])('figures over %s: %i points', async (range, points, step) => {
  for (let at = 0; at < 3; at++) await stage.ended(await stage.ask(`question ${at}`));
  await until(async () => (await stage.queue.statistics.lastHour()).replies === 3);
  await until(async () => (await stage.queue.statistics.lastHour()).waiting.mean !== null);
  const { body } = await owner.get(`/api/history?range=${range}`);
  expect(body).toMatchObject({ range, step });
  expect(body.at).toHaveLength(points);
  expect(body.at[1] - body.at[0]).toBe(step);
  for (const values of Object.values<number[]>(body.series)) expect(values).toHaveLength(points);
  expect(sum(body.series.replies)).toBe(3);
  expect(sum(body.series.replyTokens)).toBe(3);
  expect(body.series.totalP50.filter((value: number | null) => value !== null)).not.toEqual([]);
  expect(body.series.waiting.some((value: number | null) => value !== null)).toBe(true);
  expect(body.at.at(-1)).toBeLessThanOrEqual(Date.now());
});

test('usage by person, server, persona and platform, the most first, also as CSV', async () => {
  stage.scripted.when('long', ['a', ' long', ' story']);
  await stage.ended(await stage.ask('short', { user: 'ann' }));
  await stage.ended(await stage.ask('long', { user: '=bob' }));
  const usage = async (by: string) => (await owner.get(`/api/usage?by=${by}&range=1h`)).body;
  await until(async () => (await usage('user')).length === 2);
  expect(await usage('user')).toEqual([
    { key: 'test:=bob', replies: 1, tokens: 3 },
    { key: 'test:ann', replies: 1, tokens: 1 },
  ]);
  expect(await usage('server')).toEqual([{ key: 'test:home', replies: 2, tokens: 4 }]);
  expect(await usage('persona')).toEqual([{ key: 'guide', replies: 2, tokens: 4 }]);
  expect(await usage('platform')).toEqual([{ key: 'test', replies: 2, tokens: 4 }]);

  const file = await owner.get('/api/usage.csv?by=user&range=30d');
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(file.text).toBe('user,replies,tokens\r\ntest:=bob,1,3\r\ntest:ann,1,1\r\n');
  const lines = (await owner.get('/api/history.csv?range=1h')).text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(61);
  expect(lines[0]).toMatch(/^at,replies,failed,/);
});

test('a cell of CSV is text, whatever it looks like', () => {
  expect(
    csv(
      ['a', 'b'],
      [
        ['=1+1', 'x,"y"\n'],
        ['@cmd', 2],
      ],
    ),
  ).toBe('a,b\r\n\'=1+1,"x,""y""\n"\r\n\'@cmd,2\r\n');
});

test('thumbs', async () => {
  const job = await stage.ask('Well?');
  await stage.ended(job);
  await stage.queue.feedback.vote(job, 'test:ann', 1);
  await stage.queue.feedback.vote(job, 'test:bob', -1);
  expect((await owner.get('/api/votes')).body).toEqual([{ persona: 'guide', up: 1, down: 1 }]);
});
