import { expect, test } from 'vitest';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { people, useDesk, visit } from './fixtures/desk.ts';

useDesk();

const rules = async (scope: string) =>
  (await people.viewer.get(`/api/rules?scope=${encodeURIComponent(scope)}`)).body.settings;

test('rules are changed together, and undone from the notice and from the audit', async () => {
  const page = await visit('/rules', 'operator');
  await page.getByLabel('Messages per user and minute').fill('4');
  await page.getByLabel('Blocked users').fill('discord:66');
  await page.keyboard.press('Enter');
  await page.getByLabel('Persona', { exact: true }).selectOption('pirate');
  await page.getByText('3 changes').waitFor();
  await picture(page, 'rules-changed');
  expect(await barriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved; it counts already.').waitFor();
  expect(await rules('all')).toEqual({ userPerMinute: 4, blockUsers: ['discord:66'], persona: 'pirate' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('The change is undone.').waitFor();
  expect(await rules('all')).toEqual({});
  await expect.poll(() => page.getByLabel('Messages per user and minute').inputValue()).toBe('');

  await page.getByLabel('Longest queue').fill('7');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved; it counts already.').waitFor();
  await page.getByRole('link', { name: 'Audit' }).click();
  const entry = page.getByRole('row').filter({ hasText: 'Longest queue' }).filter({ hasText: '7' });
  await entry.click();
  await page.getByRole('dialog').getByText('Longest queue: 7').waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'audit-entry');
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await rules('all')).toEqual({});
});

test('a channel gets a persona of its own', async () => {
  const page = await visit('/rules', 'operator');
  await page.getByLabel('Open a scope').fill('kitchen');
  await page.keyboard.press('Enter');
  await page.getByText('Begins with server:').waitFor();
  await page.getByLabel('Open a scope').fill('channel:telegram:-100');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /telegram:-100/ }).waitFor();
  await page.getByLabel('Messages per user and minute').waitFor({ state: 'detached' });
  await page.getByLabel('Persona', { exact: true }).selectOption('laowang');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved; it counts already.').waitFor();
  expect(await rules('channel:telegram:-100')).toEqual({ persona: 'laowang' });
});

test('what the server refuses is said, and nothing is saved', async () => {
  const page = await visit('/rules', 'operator');
  await page.getByLabel('Blocked users').fill('just a name');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.toast-bad').waitFor();
  expect(await rules('all')).toEqual({});
});

test('a viewer reads, and changes nothing', async () => {
  const page = await visit('/rules', 'viewer');
  await page.getByText('Your role may look at rules, not change them.').waitFor();
  await expect.poll(() => page.getByLabel('Longest queue').isDisabled()).toBe(true);
});
