import { expect, test } from 'vitest';
import { message } from '../../queue/fixtures/messages.ts';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

test('texts are hidden until they are revealed, which the audit keeps; then the conversation is deleted', async () => {
  await stage.work();
  await stage.ended(await stage.ask('The moon is cheese', { chat: 'kitchen' }));
  const page = await visit('/conversations', 'operator');
  await page.getByRole('row').filter({ hasText: 'test:kitchen' }).click();
  await page.getByText('18 characters').waitFor();
  expect(await page.locator('body').textContent()).not.toContain('cheese');
  await page.getByRole('button', { name: 'Reveal texts' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reveal texts' }).click();
  await page.getByText('The moon is cheese', { exact: true }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'conversation-revealed');
  const { entries } = (await people.viewer.get('/api/audit')).body;
  expect(entries[0]).toMatchObject({ act: 'conversation.reveal', by: 'Otto', target: 'test:kitchen' });

  await page.getByRole('link', { name: 'Ann', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'test:ann' }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as JSON' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.json$/);

  await page.goBack();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The conversation is deleted.').waitFor();
  expect((await people.viewer.get('/api/conversations')).body.total).toBe(0);
});

test('ten thousand conversations are scrolled through with the keyboard, and few are drawn', async () => {
  for (let at = 0; at < 10_000; at += 250) {
    const some = Array.from({ length: 250 }, (_, more) => message(undefined, `c${at + more}`));
    await Promise.all(some.map(({ turn, job }) => stage.queue.conversations.append(job.conversation, turn)));
  }
  const page = await visit('/conversations', 'viewer');
  await page.getByText('10,000 in all').waitFor();
  const rows = page.locator('tbody tr[data-index]');
  await rows.first().focus();
  const look = () =>
    page.evaluate<{ focused: number; drawn: number }>(`({
      focused: Number(document.activeElement.dataset.index ?? -1),
      drawn: document.querySelectorAll('tbody tr[data-index]').length,
    })`);
  for (let reached = 0; reached < 9999; ) {
    await page.keyboard.press('End');
    const { focused, drawn } = await look();
    // Never lost, nor led back, however much is loaded and drawn meanwhile.
    expect(focused).toBeGreaterThanOrEqual(reached);
    expect(drawn).toBeLessThan(120);
    reached = focused;
  }
  await page.locator('.table-box').evaluate((box) => box.scrollTo({ top: 0 }));
  await rows.nth(1).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.locator('tr[data-index="9998"]:focus').waitFor();
  await page.keyboard.press('Home');
  await page.locator('tr[data-index="0"]:focus').waitFor();
  await picture(page, 'conversations-many');
});
