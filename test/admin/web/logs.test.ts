import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { until } from '../../queue/fixtures/messages.ts';
import { gate } from '../../queue/fixtures/script.ts';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();
beforeAll(() => stage.work());

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 };
const write = (level: keyof typeof LEVELS, msg: string, fields: object = {}) =>
  stage.queue.logs.write(
    `${JSON.stringify({ level: LEVELS[level], time: new Date().toISOString(), pid: 7, msg, ...fields })}\n`,
  );
const line = (page: Page, text: string) => page.locator('tr.opens', { hasText: text });

/** The page with its stream open: lines count from when it has begun. */
async function watch(path = '/logs'): Promise<Page> {
  const page = await visit(path, 'operator');
  const mark = `hello ${Math.random()}`;
  await until(async () => {
    write('error', mark, { adapter: 'discord', trace: 'trace-live' });
    return (await line(page, mark).count()) > 0;
  });
  return page;
}

test('lines come by themselves, those that the filters let through, and what is read stays where it is', async () => {
  for (let at = 0; at < 80; at++) write('info', `earlier ${at}`);
  const page = await watch();
  write('info', 'a guild came', { adapter: 'discord' });
  write('debug', 'too small to tell');
  write('warn', 'a slow answer', { job: 'telegram:5' });
  await line(page, 'a slow answer').waitFor();
  await line(page, 'a guild came').waitFor();
  expect(await line(page, 'too small to tell').count()).toBe(0);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'logs-live');

  const box = page.locator('.table-box');
  await box.evaluate((element) => element.scrollTo({ top: 36 * 20 }));
  const read = line(page, 'earlier 6').first();
  const before = await read.boundingBox();
  write('error', 'meanwhile');
  await until(async () => (await box.evaluate((element) => element.scrollTop)) > 36 * 20);
  expect(await read.boundingBox()).toEqual(before);
  await box.evaluate((element) => element.scrollTo({ top: 0 }));
  await line(page, 'meanwhile').waitFor();

  await page.getByLabel('Level').selectOption('warn');
  await line(page, 'a guild came').waitFor({ state: 'detached' });
  write('info', 'not any more');
  write('error', 'out of coffee');
  await line(page, 'out of coffee').waitFor();
  expect(await line(page, 'not any more').count()).toBe(0);
  await page.getByLabel('Adapter').selectOption('telegram');
  await line(page, 'out of coffee').waitFor({ state: 'detached' });
  await line(page, 'a slow answer').waitFor();
});

test('what came live stays when one stops to watch, and what comes meanwhile is there when one goes on', async () => {
  const page = await watch();
  write('warn', 'while live');
  await line(page, 'while live').waitFor();
  await page.getByText('Live', { exact: true }).click();
  write('warn', 'while away');
  await until(async () =>
    (await people.operator.get('/api/logs?search=while%20away')).body.lines.some(
      ({ message }: { message: string }) => message === 'while away',
    ),
  );
  await expect.poll(() => line(page, 'while live').count()).toBe(1);
  expect(await line(page, 'while away').count()).toBe(0);
  await page.getByText('Live', { exact: true }).click();
  await line(page, 'while away').waitFor();
});

test('a trace is followed from a line to the whole life of its reply, also while that is being made', async () => {
  const end = gate();
  stage.scripted.when('life', ['It is ', end.opened, 'short.']);
  const job = await stage.ask('What is life?', { id: 'live' });
  const page = await watch('/logs?trace=trace-live');
  write('info', 'another reply', { trace: 'trace-other' });
  write('info', 'taken by a worker', { trace: 'trace-live', job });
  const mine = line(page, 'taken by a worker');
  await mine.waitFor();
  expect(await line(page, 'another reply').count()).toBe(0);
  await mine.click();
  await page.getByRole('link', { name: 'The reply’s life' }).click();
  await page.getByRole('heading', { level: 1, name: job }).waitFor();
  await page.getByText('It is still being made.').waitFor();
  await page.getByText('A worker took it').waitFor();
  end.open();
  await page.getByText('It ended').waitFor();
  for (const step of ['The question came', 'It went into the queue', 'First words']) {
    await page.getByText(step).waitFor();
  }
  await line(page, 'taken by a worker').waitFor();
  expect(await page.locator('body').textContent()).not.toContain('It is short.');
  await page.getByRole('button', { name: 'Reveal texts' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reveal texts' }).click();
  await page.locator('.said', { hasText: 'It is short.' }).waitFor();
  await page.locator('pre.prompt', { hasText: 'Ann: What is life?' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'life-revealed');
});
