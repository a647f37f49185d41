import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Command, Home } from '../../cli/fixtures/command.ts';
import { openBrowser } from './browser.ts';

const PATIENCE = { timeout: 120_000 };

const home = new Home();
let browser: Browser;
let page: Page;
/** What the browser complained of. */
const complaints: string[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  expect(await home.run(['build'])).toMatchObject({ code: 0 });
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await home.close();
});
beforeEach(async () => {
  complaints.length = 0;
  page = await browser.newPage({ locale: 'en-US' });
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (said) => {
    if (said.type() === 'error') complaints.push(said.text());
  });
});
afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

/** Starts the bot with the pocket model on a fake platform, and opens its page. */
async function open(platform: 'discord' | 'telegram'): Promise<Command> {
  const command = home.start(['dev', platform, '--port', '0']);
  await command.says('Ctrl-C ends it.', PATIENCE.timeout);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(command.stdout)?.[0] ?? '';
  await page.goto(url);
  return command;
}

async function close(command: Command): Promise<void> {
  await page.close();
  command.child.kill('SIGINT');
  expect((await command.done).code).toBe(0);
}

const say = async (text: string) => {
  await page.locator('#text').fill(text);
  await page.locator('#text').press('Enter');
};
const lines = () => page.locator('#log > li');
/** The reply that is over: it can be asked for anew. */
const answered = () => lines().filter({ has: page.getByRole('button', { name: 'Retry', exact: true }) });

describe('in a browser', () => {
  it('`dev discord` answers in a direct message, and another person does not see it', async () => {
    const command = await open('discord');
    await page.locator('#places .dm button').first().click();
    await say('What is the sea?');
    await answered().waitFor(PATIENCE);
    await expect.poll(() => lines().count()).toBe(2);
    await expect.poll(() => answered().locator('.text').textContent()).toMatch(/\S/);
    await answered().getByRole('button', { name: '👍', exact: true }).click();
    // A command is offered as it is typed, and answered to the one who gave it.
    await page.locator('#text').fill('/hel');
    await page.locator('#offers').getByText('/help').waitFor(PATIENCE);
    await say('/help');
    await page.getByText('Only you can see this').first().waitFor(PATIENCE);
    // Ben's direct messages are his own.
    await page.locator('#who').selectOption({ label: 'Ben' });
    await page.locator('#places .dm button').first().click();
    await expect.poll(() => lines().count(), PATIENCE).toBe(0);
    await close(command);
  });

  it('`dev telegram` greets, answers, and answers anew when the question is edited', async () => {
    const command = await open('telegram');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await lines().nth(1).waitFor(PATIENCE);
    await say('What is the sea?');
    await answered().waitFor(PATIENCE);
    await expect.poll(() => answered().locator('.text').textContent()).toMatch(/\S/);
    await page.locator('#text').press('ArrowUp');
    await page.getByText('Editing (Esc to cancel)').waitFor(PATIENCE);
    await say('What is a ship?');
    await page.getByText('What is a ship?').first().waitFor(PATIENCE);
    await answered().waitFor(PATIENCE);
    expect(await page.getByText('What is the sea?').count()).toBe(0);
    await close(command);
  });
});
