import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { WisecrackError } from '../../../errors.ts';
import { gate } from '../../queue/fixtures/script.ts';
import { picture } from './fixtures/browser.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();
beforeAll(() => stage.work(200));

/** A figure that grows by a digit may move its own first letter; nothing else moves. */
const LEAST_SHIFT = 0.001;
const PATIENT = { timeout: 120_000 };

/** Counts from here on how much of the page is moved by what the browser did by itself. */
const watchShifts = (page: Page) =>
  page.evaluate(`
    window.shifts = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifts += entry.value;
    }).observe({ type: 'layout-shift' });
  `);
const shifts = (page: Page) => page.evaluate<number>('window.shifts');

test('a reply is seen as it grows, without moving anything, and its end', async () => {
  const [one, two] = [gate(), gate()];
  stage.scripted.when('story', ['Once upon ', one.opened, 'a time. '.repeat(80), two.opened, 'The end.']);
  const page = await visit('/', 'operator');
  await page.getByText('It is quiet.').waitFor();
  await stage.ask('Tell me a story');
  const reply = page.getByRole('listitem').filter({ hasText: 'Once upon' });
  await reply.waitFor();
  const before = await reply.boundingBox();
  await watchShifts(page);
  one.open();
  const grown = page.getByRole('listitem').filter({ hasText: 'a time. a time. a time.' });
  await grown.waitFor();
  expect(await grown.boundingBox()).toEqual(before);
  expect(await shifts(page)).toBeLessThan(LEAST_SHIFT);
  await picture(page, 'now-running');
  const done = page.getByRole('listitem').filter({ hasText: 'The end.' }).getByText('done').waitFor();
  two.open();
  await done;
  await page.getByText('It is quiet.').waitFor();
});

test('an operator cancels a reply; a viewer sees neither its text nor the button', async () => {
  const pause = gate();
  stage.scripted.when('secret', ['Between you and me ', pause.opened]);
  const page = await visit('/', 'operator');
  const viewer = await visit('/', 'viewer');
  await stage.ask('Tell me a secret', { name: 'Cid' });
  await page.getByText('Between you and me').waitFor();
  await viewer.getByText('Cid').waitFor();
  expect(await viewer.locator('body').textContent()).not.toContain('Between you');
  expect(await viewer.getByRole('button', { name: /Cancel|Pause/ }).count()).toBe(0);
  // Both stand for some seconds only: looked for from before it is pressed.
  const told = page.getByText('The reply will end.').waitFor();
  const ended = page.getByRole('listitem').filter({ hasText: 'Cid' }).getByText('cancelled').waitFor();
  await page.getByRole('button', { name: 'Cancel the reply to Cid' }).click();
  await Promise.all([told, ended]);
});

test('a hundred replies at once are all seen to their end, and move nothing as they grow', async () => {
  const [begin, finish] = [gate(), gate()];
  const words = Array.from({ length: 20 }, (_, at) => [`word${at} `, 40]).flat();
  stage.scripted.when('many', ['Here ', begin.opened, ...words, finish.opened, 'over.']);
  const page = await visit('/', 'operator');
  await page.getByText('Running replies').waitFor();
  for (let at = 0; at < 100; at++) await stage.ask(`many ${at}`, { chat: `c${at}`, user: `u${at}`, name: `P${at}` });
  const all = (text: string) =>
    expect.poll(() => page.locator('.replies .said', { hasText: text }).count(), PATIENT).toBe(100);
  await all('Here');
  await watchShifts(page);
  begin.open();
  await all('word19');
  expect(await shifts(page)).toBeLessThan(LEAST_SHIFT);
  await picture(page, 'now-hundred');
  finish.open();
  await page.getByText('It is quiet.').waitFor(PATIENT);
}, 300_000);

test('pausing holds new questions back, on every screen', async () => {
  const [page, viewer] = [await visit('/', 'operator'), await visit('/', 'viewer')];
  await page.getByRole('button', { name: 'Pause' }).click();
  await viewer.getByText('Paused: new questions wait.').waitFor();
  await stage.ask('Anybody there?', { name: 'Wanda' });
  await viewer.getByRole('listitem').filter({ hasText: 'Wanda' }).getByText('waits').waitFor();
  await page.getByRole('button', { name: 'Resume' }).click();
  await viewer.getByText('It is quiet.').waitFor();
  expect((await people.viewer.get('/api/audit')).body.entries[0]).toMatchObject({ by: 'Otto', scope: 'all' });
});

test('why a reply failed is told in the language of the page, and in English where it is no error of ours', async () => {
  stage.scripted.handleWith(async () => {
    throw new WisecrackError('WISECRACK_REMOTE_DENIED', { url: 'http://gpu:8000' });
  });
  const denied = await stage.ask('May I?');
  await stage.ended(denied);
  stage.scripted.handleWith(async () => {
    throw Object.assign(new Error('the fan has stopped'), { retry: false });
  });
  await stage.ended(await stage.ask('Is it warm?'));
  // As a worker says it of a persona that is only tried.
  stage.scripted.handleWith(async () => {
    throw new WisecrackError('WISECRACK_PERSONA_INVALID', { problems: 'no name' });
  });
  await stage.ended(await stage.ask('Who are you?'));
  const chinese = await visit('/', 'operator', { locale: 'zh-CN' });
  await chinese.getByText('推理服务器 http://gpu:8000 不接受密钥，请更正 WISECRACK_REMOTE_KEYS。').waitFor();
  await chinese.getByText('the fan has stopped').waitFor();
  await chinese.getByText('角色有错误，请先修正：no name。').waitFor();
  const english = await visit('/', 'operator');
  await english.getByText('The inference server http://gpu:8000 does not accept the key').waitFor();
  await chinese.goto(new URL(`/replies/${encodeURIComponent(denied)}`, chinese.url()).href);
  await chinese.getByText('不接受密钥', { exact: false }).waitFor();
});

test('one screen says how well it goes: queue, times, engines, platforms, and errors with their text', async () => {
  const worker = {
    ...{ id: 'w', kind: 'worker' as const, name: 'box', startedAt: Date.now() - 3_600_000 },
    ...{ model: 'grok-1', slots: 8, running: 2 },
    ...{ batch: 2, stepMs: 41, kvBlocks: 1000, kvBlocksUsed: 250, prefixHits: 30, prefixMisses: 10, threads: 4 },
    ...{ weightBytes: 318e9, kvBytes: 12e9, deviceBytes: 1128e9, deviceBytesUsed: 340e9, utilisation: 0.87 },
  };
  const adapter = { id: 'd', kind: 'adapter' as const, name: 'discord', startedAt: 1, servers: 3, pingMs: 41 };
  // They live for as long as the test.
  for (const one of [worker, adapter]) await stage.queue.heartbeats.beat(one, 600_000);
  await stage.ended(await stage.ask('Hello'));
  stage.scripted.handleWith(async () => {
    throw Object.assign(new Error('the GPU is on fire'), { retry: false });
  });
  await stage.ended(await stage.ask('Are you well?'));
  const page = await visit('/', 'viewer');
  await page.getByText('the GPU is on fire').waitFor();
  const box = page.getByRole('article', { name: 'box' });
  for (const said of ['grok-1', '2 / 8', '250 / 1,000', '75%', '41 ms, 2 rows', '318 GB', '340 GB / 1.1 TB', '87%']) {
    await box.getByText(said).first().waitFor();
  }
  await expect.poll(() => page.getByRole('article', { name: 'discord' }).textContent()).toContain('Servers3Ping41 ms');
  for (const figure of ['Waiting', 'Oldest wait', 'Running', 'Tokens/s', 'First token', 'Whole reply', 'Failed, 1 h']) {
    await page.locator('.strip').getByText(figure, { exact: true }).waitFor();
  }
  await expect
    .poll(() =>
      page
        .locator('.strip')
        .getByText(/^p9[59] \d/)
        .count(),
    )
    .toBe(4);
  await picture(page, 'now-engines');
});
