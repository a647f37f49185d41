import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
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

describe.each(pages)('the page $name', ({ name, path, title, least }) => {
  test.each(ranks)('is what a %s may see of it, without barriers', async (role) => {
    const page = await visit(path, role);
    const seen = ranks.indexOf(role) >= ranks.indexOf(least) ? title : 'Your role may not see this';
    await page.getByRole('heading', { level: 1, name: seen, exact: true }).waitFor();
    await settled(page);
    expect(await barriers(page)).toEqual([]);
    await picture(page, `${name}-${role}`);
  });

  test('stays so in the dark, on a phone and in Chinese', async () => {
    const page = await visit(path, 'owner', { colorScheme: 'dark', locale: 'zh-CN' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-CN');
    expect(await barriers(page)).toEqual([]);
    await picture(page, `${name}-dark-zh`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
    expect(await barriers(page)).toEqual([]);
    await picture(page, `${name}-phone-zh`);
  });
});

/** Waits until nothing is loading any more. */
const settled = (page: Page) => page.locator('.waiting').waitFor({ state: 'detached' });
