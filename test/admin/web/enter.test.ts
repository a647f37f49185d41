import { correction, generate } from 'lean-qr';
import { toSvgPath } from 'lean-qr/extras/svg';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { stage, useDesk, visit } from './fixtures/desk.ts';

useDesk({ owned: false });

const password = 'correct horse battery';
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

test('without the link nobody becomes the owner, and with it one does', async () => {
  const lost = await visit('/');
  await lost.getByText('There is no owner yet').waitFor();
  expect(await barriers(lost)).toEqual([]);

  const page = await visit(new URL(stage.admin.setupLink ?? '').pathname + new URL(stage.admin.setupLink ?? '').hash);
  await page.getByLabel('Name').fill('Olga');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create the owner' }).click();
  await page.getByRole('alert').getByText('Ten characters or more').waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'setup');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create the owner' }).click();
  await heading(page, 'Now');
  // The token stays nowhere.
  expect(page.url()).toBe(`${stage.admin.url}/`);
});

test('one logs in, goes about and out again with the keyboard alone', async () => {
  const page = await visit('/');
  await page.getByLabel('Name').waitFor();
  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const focused = () => page.evaluate<string>('document.activeElement.textContent || document.activeElement.tagName');
  expect(await page.evaluate('document.activeElement.autocomplete')).toBe('username');
  await page.keyboard.type('Olga');
  await press('Tab');
  await page.keyboard.type(password);
  await press('Enter');
  await heading(page, 'Now');

  await press('Tab');
  expect(await focused()).toBe('Skip to the content');
  await press('g', 'p');
  await heading(page, 'Personas');
  await press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'help');
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await press('Control+k');
  await page.getByRole('combobox', { name: 'Type a page or an action' }).waitFor();
  await page.keyboard.type('hist');
  await picture(page, 'palette');
  expect(await barriers(page)).toEqual([]);
  await press('Enter');
  await heading(page, 'History');

  await press('Control+k');
  await page.getByRole('combobox', { name: 'Type a page or an action' }).waitFor();
  await page.keyboard.type('sign out');
  await page.evaluate(FOCUSED_AT_ONCE);
  await press('Enter');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.evaluate('window.focusedAtOnce')).toBe(true);
});

test('a button that works is as readable as before', async () => {
  const page = await visit('/');
  await page.getByLabel('Name').fill('Olga');
  await page.getByLabel('Password').fill('not this one');
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route('**/api/login', async (route) => {
    await held;
    await route.continue();
  });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    if (colorScheme === 'light') await page.getByLabel('Password').press('Enter');
    await page.locator('.button.primary[aria-busy=true]').waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, `login-busy-${colorScheme}`);
  }
  answer();
  await page.getByRole('alert').waitFor();
});

test('a wrong password is said, and lets nobody in', async () => {
  const page = await visit('/rules');
  await page.getByLabel('Name').fill('Olga');
  await page.getByLabel('Password').fill('not this one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'login');
  // The right one leads to where one wanted to go.
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await heading(page, 'Rules');
});

test('with a second factor the password is not enough', async () => {
  const page = await visit('/account');
  await signIn(page);
  await page.getByRole('button', { name: 'Set up' }).click();
  const secret = await page.getByLabel('Secret').inputValue();
  const code = () => new TOTP({ secret }).generate();
  const drawing = page.getByRole('img', { name: 'QR code for the authenticator app' });
  const url = await page.getByRole('link', { name: 'On this phone? Open the app' }).getAttribute('href');
  expect(url).toContain(`secret=${secret}`);
  const expected = toSvgPath(generate(url ?? '', { minCorrectionLevel: correction.M }));
  await expect.poll(() => drawing.locator('path').getAttribute('d')).toBe(expected);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'totp');
  await page.getByLabel('Code', { exact: true }).fill(code());
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('The second factor is on.').waitFor();

  const again = await visit('/account');
  await signIn(again);
  const field = again.getByLabel('Code of your authenticator app');
  await field.waitFor();
  expect(await again.evaluate('document.activeElement.autocomplete')).toBe('one-time-code');
  await field.fill('000000');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await again.getByRole('alert').waitFor();
  // A code counts once: the next period's is taken as well.
  await field.fill(new TOTP({ secret }).generate({ timestamp: Date.now() + 30_000 }));
  await again.getByRole('button', { name: 'Sign in' }).click();
  await heading(again, 'Account');
  await again.getByLabel('Current password').last().fill(password);
  await again.getByRole('button', { name: 'Switch off' }).click();
  await again.getByText('The second factor is off.').waitFor();
});

test('an invited viewer sees what viewers see, until they are removed', async () => {
  const owner = await visit('/people');
  await signIn(owner);
  await owner.getByRole('button', { name: 'Invite somebody' }).click();
  await owner.getByRole('button', { name: 'Create the link' }).click();
  const link = await owner.getByRole('dialog').getByRole('textbox').inputValue();
  await picture(owner, 'invite');
  await owner.getByRole('button', { name: 'Done' }).click();

  const { pathname, hash } = new URL(link);
  const page = await visit(pathname + hash);
  await page.getByLabel('Name').fill('Vera');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Accept the invite' }).click();
  await heading(page, 'Now');
  const links = await page.getByRole('navigation').getByRole('link').allInnerTexts();
  expect(links.map((it) => it.split('\n')[0]?.trim())).toEqual(
    expect.arrayContaining(['History', 'Conversations', 'Personas', 'Rules', 'Audit']),
  );
  expect(links.join()).not.toMatch(/People|Logs|Queue/);

  await owner.reload();
  await owner.getByRole('button', { name: 'Remove Vera' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await owner.getByText('Vera is removed.').waitFor();
  await page.getByRole('link', { name: 'Rules' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

/** Whether the field for the name has the focus as soon as it is there: what is typed then must not get lost. */
const FOCUSED_AT_ONCE = `void (window.focusedAtOnce = new Promise((resolve) =>
  new MutationObserver((_, observer) => {
    const field = document.querySelector('[autocomplete=username]');
    if (!field) return;
    observer.disconnect();
    resolve(document.activeElement === field);
  }).observe(document.body, { childList: true, subtree: true })))`;

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('Olga');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
