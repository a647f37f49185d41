import { expect, test } from 'vitest';
import { openFirstPage } from '../../../admin/bench/first-page.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

test('the benchmark notes when the first page can be used, under the policy that the server gives it', async () => {
  const browser = (await visit('/', 'owner')).context().browser();
  if (!browser) throw new Error('a page without a browser');
  const page = await openFirstPage(browser, stage.admin.url, people.owner.cookie);
  try {
    await expect.poll(() => page.locator('main .strip').count()).toBe(1);
    expect(await page.evaluate<number>('window.readyAt')).toBeGreaterThan(0);
  } finally {
    await page.context().close();
  }
});
