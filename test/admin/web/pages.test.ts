import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { barriers } from './fixtures/axe.ts';
import { picture, WIDE } from './fixtures/browser.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

/** Every page: where it lies, its heading, and who may see it. */
const pages = [
  { name: 'now', path: '/', title: 'Now', least: 'viewer' },
  { name: 'history', path: '/history', title: 'History', least: 'viewer' },
  { name: 'conversations', path: '/conversations', title: 'Conversations', least: 'viewer' },
  { name: 'conversation', path: '/conversations/test%3Ageneral', title: 'test:general', least: 'viewer' },
  { name: 'person', path: '/persons/test%3Aann', title: 'test:ann', least: 'operator' },
  { name: 'personas', path: '/personas', title: 'Personas', least: 'viewer' },
  { name: 'persona', path: '/personas/pirate', title: 'Brine', least: 'viewer' },
  { name: 'rules', path: '/rules', title: 'Rules', least: 'viewer' },
  { name: 'audit', path: '/audit', title: 'Audit', least: 'viewer' },
  { name: 'logs', path: '/logs', title: 'Logs', least: 'operator' },
  { name: 'life', path: '/replies/trace-first', title: 'test:first', least: 'operator' },
  { name: 'people', path: '/people', title: 'People', least: 'operator' },
  { name: 'account', path: '/account', title: 'Account', least: 'viewer' },
] as const;

const ranks = ['viewer', 'operator', 'owner'] as const;

beforeAll(async () => {
  await stage.work();
  const job = await stage.ask('What is at the bottom of the sea?', { id: 'first' });
  await stage.ended(job);
  await people.operator.send('PATCH', '/api/rules', { scope: 'all', patch: { userPerMinute: 8 } });
});

test.each(ranks)('the %s sees of every page what they may, without barriers', async (role) => {
  const page = await visit('/account', role);
  for (const { name, path, title, least } of pages) {
    await follow(page, path);
    const seen = ranks.indexOf(role) >= ranks.indexOf(least) ? title : 'Your role may not see this';
    await page.getByRole('heading', { level: 1, name: seen, exact: true }).waitFor();
    await settled(page);
    expect(await barriers(page), name).toEqual([]);
    if (role === 'owner') await picture(page, `${name}-${role}`);
  }
});

test.each([
  { where: 'in the dark', ending: 'dark', colorScheme: 'dark', size: WIDE },
  { where: 'on a phone', ending: 'phone', colorScheme: 'light', size: { width: 390, height: 844 } },
] as const)('every page stays so $where and in Chinese', async ({ ending, colorScheme, size }) => {
  const page = await visit('/chat-of-nobody', 'owner', { colorScheme, locale: 'zh-CN' });
  const heading = page.getByRole('heading', { level: 1 });
  let before = await heading.textContent();
  for (const { name, path } of pages) {
    await follow(page, path);
    await heading.filter({ hasNotText: before ?? '' }).waitFor();
    before = await heading.textContent();
    await settled(page);
    await expect.poll(() => page.evaluate('document.documentElement.lang'), { message: name }).toBe('zh-CN');
    await page.setViewportSize(size);
    // A chart follows the width a moment later.
    const over = () => page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    await expect.poll(over, { message: name }).toBeLessThanOrEqual(0);
    expect(await barriers(page), name).toEqual([]);
    await picture(page, `${name}-${ending}-zh`);
    await page.setViewportSize(WIDE);
  }
});

test('what the server refuses is said in the page’s language, too', async () => {
  const page = await visit('/personas/nobody', 'owner', { locale: 'zh-CN' });
  await page.getByText('找不到该内容').waitFor();
  await follow(page, '/rules');
  await page.getByLabel('每用户每分钟消息数').fill('0');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByText('“userPerMinute”不能小于 1，请修改后重试。').waitFor();
});

/** Goes to another page as a link does. */
const follow = (page: Page, path: string) =>
  page.evaluate(`{
    const link = Object.assign(document.createElement('a'), { href: ${JSON.stringify(path)} });
    document.body.append(link);
    link.click();
    link.remove();
  }`);
/** Waits until nothing is loading any more. */
const settled = (page: Page) => page.locator('.waiting, .pending').first().waitFor({ state: 'detached' });
