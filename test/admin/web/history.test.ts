import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { until } from '../../queue/fixtures/messages.ts';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

beforeAll(async () => {
  await stage.work();
  const first = await stage.ask('What is patience?', { user: 'ann' });
  await stage.ended(first);
  await stage.ended(await stage.ask('And why?', { user: 'bob' }));
  await stage.queue.feedback.vote(first, 'test:ann', 1);
  await until(async () => (await stage.queue.statistics.lastHour()).replies === 2);
});

const download = async (page: Page, press: () => Promise<void>) => {
  const [file] = await Promise.all([page.waitForEvent('download'), press()]);
  return readFileSync(await file.path(), 'utf8');
};

test('charts over each range, usage by each kind, thumbs, and all of it as CSV', async () => {
  const page = await visit('/history', 'viewer');
  for (const [range, words, lines] of [
    ['1h', 'last hour', 61],
    ['24h', 'last 24 hours', 145],
    ['30d', 'last 30 days', 121],
  ] as const) {
    await page.getByLabel('Time').selectOption(range);
    await page.getByRole('img', { name: new RegExp(`^Replies, ${words}`, 'i') }).waitFor();
    await expect.poll(() => page.locator('.chart canvas').count()).toBeGreaterThan(3);
    const csv = await download(page, () => page.getByRole('link', { name: 'CSV' }).first().click());
    expect(csv.trim().split('\n')).toHaveLength(lines);
  }
  const usage = page.locator('section', { hasText: 'Who uses it' });
  for (const [by, key] of [
    ['Persona', 'guide'],
    ['Server', 'test:home'],
    ['User', 'test:bob'],
    ['Platform', 'test'],
  ] as const) {
    await usage.getByLabel('By').selectOption({ label: by });
    await usage.getByRole('rowheader', { name: key, exact: true }).waitFor();
  }
  expect(await download(page, () => usage.getByRole('link', { name: 'CSV' }).click())).toContain('test,2,');
  await page.getByRole('row', { name: 'guide 1 0 100%' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'history-month');
});

test('the raw view of the queue is drawn for an operator, and asks nobody else for anything', async () => {
  const page = await visit('/account', 'operator');
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(stage.admin.url)) elsewhere.push(request.url());
  });
  await page.goto(`${stage.admin.url}/queue`);
  await page.getByRole('link', { name: /jobs/ }).first().click();
  await page
    .getByText(/completed/i)
    .first()
    .waitFor();
  await picture(page, 'queue');
  expect(elsewhere).toEqual([]);
});
