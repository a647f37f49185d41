import { expect, test } from 'vitest';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

test('an operator invites to the web chat, sees who came, and lets them in no longer; accounts are the owners’', async () => {
  const page = await visit('/people', 'operator');
  await page.getByText('No invite to the web chat is open.').waitFor();
  await page.getByText('Nobody has come in by an invite yet.').waitFor();
  expect(await page.getByRole('heading', { name: /Accounts|API tokens/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Invite to the chat' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite to the chat' });
  await dialog.getByLabel('For whom').fill('the two of accounting');
  await dialog.getByLabel('How many people').fill('2');
  // Enter does what the button does.
  await page.keyboard.press('Enter');
  const link = await dialog.getByRole('textbox', { name: 'Invite to the chat' }).inputValue();
  await page.keyboard.press('Escape');
  const invites = page.getByRole('table').filter({ hasText: 'Left' });
  await invites.getByRole('row', { name: /the two of accounting 2 Otto/ }).waitFor();

  const token = new URL(link).hash.slice(1);
  const guest = stage.browser();
  expect((await guest.post('/api/chat/join', { token, name: 'Gustav' })).status).toBe(200);
  await page.reload();
  await invites.getByRole('row', { name: /the two of accounting 1 Otto/ }).waitFor();
  await page.getByRole('link', { name: 'Gustav' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'people-chat');

  await page.getByRole('button', { name: 'Let in no longer: Gustav' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Let in no longer' }).click();
  await page.getByText('Gustav is let in no longer.').waitFor();
  await page.getByText('Nobody has come in by an invite yet.').waitFor();
  expect((await guest.get('/api/chat/personas')).status).toBe(401);
  await page.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('No invite to the web chat is open.').waitFor();
});
