import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { gate } from '../../queue/fixtures/script.ts';
import { barriers } from './fixtures/axe.ts';
import { picture } from './fixtures/browser.ts';
import { people, stage, useDesk, visit } from './fixtures/desk.ts';

useDesk();

const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const rich = [
  '# A list\n\n1. one\n2. **two**, `three`\n\n> quoted\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n',
  '```python\nprint("hello")\n```\n\n[good](https://example.org/) [bad](javascript:window.hacked=1) ',
  `![x](https://example.org/x.png) ${evil}`,
];

beforeAll(async () => {
  stage.scripted.when('rich', rich);
  await stage.work();
});

// Run in the page. Everything that moves without being touched counts, also a button below a text that grows.
const WATCH_MOVES = `
  window.moved = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) window.moved += value;
  }).observe({ type: 'layout-shift' });
`;
const SIZES = `performance.getEntriesByType('resource').map(({ name, decodedBodySize: size }) => ({ name, size }))`;

const linkFor = async (uses = 1) => {
  const { body } = await people.operator.post('/api/chat/invites', { uses, note: 'for a test' });
  return new URL(body.link);
};
const field = (page: Page) => page.getByRole('textbox', { name: 'Message' });
const replies = (page: Page) => page.locator('.message.bot');
const ask = async (page: Page, text: string) => {
  await field(page).fill(text);
  await field(page).press('Enter');
};
const over = (page: Page) =>
  page.locator('.message.last').getByRole('button', { name: 'Retry' }).waitFor({ timeout: 60_000 });

/** A guest before the empty chat. */
async function come(name = 'Ann', options: Parameters<typeof visit>[2] = {}): Promise<Page> {
  const { pathname, hash } = await linkFor();
  const page = await visit(pathname + hash, undefined, options);
  await page.getByLabel('What shall it call you?').fill(name);
  await page.getByRole('button', { name: 'Come in' }).click();
  await field(page).waitFor();
  return page;
}

test('an invited person comes in by the link, chats, and finds it all again', async () => {
  const { pathname, hash } = await linkFor();
  const page = await visit(pathname + hash);
  await page.getByLabel('What shall it call you?').waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'chat-join');
  await page.getByLabel('What shall it call you?').fill('Ann');
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.getByRole('heading', { name: 'Guide' }).waitFor();
  // The secret stays in no history.
  expect(page.url()).toMatch(/\/chat$/);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'chat-empty');
  await ask(page, 'Hello');
  await over(page);
  await expect.poll(() => replies(page).locator('.markdown').textContent()).toBe('guide heard: Hello.');
  await page.reload();
  await over(page);
  await expect.poll(() => page.locator('.bubble').allInnerTexts()).toEqual(['Hello']);
  expect(await barriers(page)).toEqual([]);
});

test('whoever was not invited sees how to get in, and no chat', async () => {
  const page = await visit('/chat');
  await page.getByRole('heading', { name: 'This chat is for invited people' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  const wrong = await visit('/chat#wrong');
  await wrong.getByLabel('What shall it call you?').fill('Eve');
  await wrong.getByRole('button', { name: 'Come in' }).click();
  await wrong.getByText('This invite is used up, too old or not complete').waitFor();
});

test('a reply streams without moving what stands above it, and Esc stops it', async () => {
  const [more, end] = [gate(), gate()];
  stage.scripted.when('slowly', ['It begins. ', more.opened, 'It goes on.\n\nMuch\n\nlonger. ', end.opened, 'Never.']);
  const page = await come();
  await ask(page, 'slowly');
  await replies(page).getByText('It begins.').waitFor();
  await page.evaluate(WATCH_MOVES);
  more.open();
  await replies(page).getByText('longer.').waitFor();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  await page.keyboard.press('Escape');
  await over(page);
  expect(await page.evaluate('window.moved')).toBe(0);
  await expect.poll(() => replies(page).locator('.markdown').textContent()).toMatch(/^It begins\. It goes on\./);
  end.open();
});

test('whoever reads further up is not pulled down, and comes down by a button', async () => {
  const [more, end] = [gate(), gate()];
  stage.scripted.when('lengthy', [
    'A line.\n\n'.repeat(40),
    more.opened,
    'Still more.\n\n'.repeat(20),
    end.opened,
    'The end.',
  ]);
  const page = await come();
  await ask(page, 'lengthy');
  await replies(page).getByText('A line.').nth(39).waitFor();
  const top = () => page.evaluate<number>("document.querySelector('.log').scrollTop");
  await expect.poll(top).toBeGreaterThan(300);
  await page.evaluate("document.querySelector('.log').scrollTo({ top: 100 })");
  await page.getByRole('button', { name: 'To the newest message' }).waitFor();
  more.open();
  await replies(page).getByText('Still more.').nth(19).waitFor();
  expect(await top()).toBe(100);
  await page.getByRole('button', { name: 'To the newest message' }).click();
  end.open();
  await over(page);
  await expect
    .poll(() =>
      page.evaluate(
        "(({ scrollHeight: all, scrollTop: top, clientHeight: seen }) => all - top - seen < 2)(document.querySelector('.log'))",
      ),
    )
    .toBe(true);
});

test('Markdown is shown, what is written as HTML or a script is text, and nothing is loaded', async () => {
  const page = await come();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await ask(page, `rich ${evil}`);
  await over(page);
  const reply = replies(page).locator('.markdown');
  await expect.poll(() => reply.locator('li').allInnerTexts()).toEqual(['one', 'two, three']);
  await expect.poll(() => reply.locator('td').allInnerTexts()).toEqual(['1', '2']);
  await expect.poll(() => reply.locator('pre').textContent()).toBe('print("hello")');
  await expect
    .poll(() => reply.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))))
    .toEqual(['https://example.org/', 'https://example.org/x.png']);
  await expect.poll(() => reply.textContent()).toContain(evil);
  await expect.poll(() => page.locator('.bubble').textContent()).toContain(evil);
  expect(await page.locator('#page img, #page script').count()).toBe(0);
  expect(await page.evaluate("'hacked' in window")).toBe(false);
  expect(asked.filter((url) => !url.startsWith(stage.admin.url))).toEqual([]);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  // It says so for two seconds only: looked for from before it is pressed.
  const copied = reply.getByRole('button', { name: 'Copied' }).waitFor();
  await reply.getByRole('button', { name: 'Copy' }).click();
  await copied;
  await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe('print("hello")');
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'chat-light');
});

test('the last question is edited and deleted, by keys too', async () => {
  const page = await come();
  await ask(page, 'Helo');
  await over(page);
  await field(page).press('ArrowUp');
  await page.getByText('You are editing your question.').waitFor();
  await expect.poll(() => field(page).inputValue()).toBe('Helo');
  await field(page).fill('Hello');
  await field(page).press('Enter');
  await replies(page).getByText('guide heard: Hello.').waitFor({ timeout: 60_000 });
  await expect.poll(() => page.locator('.message').count()).toBe(2);
  await page.locator('.message.person').hover();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.locator('.message').first().waitFor({ state: 'detached' });
});

test('Shift+Enter begins a new line; buttons and commands do what they say', async () => {
  const page = await come();
  await field(page).pressSequentially('One');
  await field(page).press('Shift+Enter');
  await field(page).pressSequentially('Two');
  await field(page).press('Enter');
  await over(page);
  await expect.poll(() => page.locator('.bubble').textContent()).toBe('One\nTwo');
  await page.getByRole('button', { name: 'Good answer' }).click();
  await page.getByText('Noted, thank you.').waitFor();
  await field(page).fill('/');
  await page.getByRole('listbox', { name: 'Commands' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'chat-commands');
  await field(page).fill('/priv');
  await field(page).press('Enter');
  await page.locator('.note').getByText('What I keep').waitFor();
  await field(page).fill('/persona');
  await field(page).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Who answers?' });
  await dialog.waitFor();
  expect(await barriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: /Pemberton/ }).click();
  await page.locator('.bar').getByText('Pemberton').waitFor();
  await field(page).fill('/reset');
  await field(page).press('Enter');
  await page.locator('.message').first().waitFor({ state: 'detached' });
});

test('/catchup is offered, asked and answered like a question', async () => {
  const page = await come();
  await ask(page, 'Tea is at five.');
  await over(page);
  await field(page).fill('/catch');
  await page.getByRole('listbox', { name: 'Commands' }).getByText('what was said of late').waitFor();
  await ask(page, '/catchup 2');
  await replies(page).getByText('guide heard: What was said in the last 2 messages?.').waitFor({ timeout: 60_000 });
});

test('a page that was cut off comes back by itself, with what was said meanwhile', async () => {
  const page = await come();
  await ask(page, 'Before');
  await over(page);
  await page.context().setOffline(true);
  await ask(page, 'Meanwhile');
  await page.locator('.unsent').waitFor();
  await page.context().setOffline(false);
  await replies(page).getByText('guide heard: Meanwhile.').waitFor({ timeout: 60_000 });
  await expect.poll(() => page.locator('.bubble').allInnerTexts()).toEqual(['Before', 'Meanwhile']);
});

test('an operator invites on the page and takes it back; a viewer cannot', async () => {
  const page = await visit('/chat', 'operator');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: 'Invite somebody…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite to the chat' });
  await dialog.getByLabel('For whom').fill('Zoe');
  await dialog.getByRole('button', { name: 'Make a link' }).click();
  const link = await dialog.getByRole('textbox', { name: 'Invite to the chat' }).inputValue();
  expect(link).toMatch(/\/chat#/);
  const row = dialog.locator('.row', { hasText: 'Zoe' });
  await row.waitFor();
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'chat-invite');

  await row.getByRole('button', { name: 'Take back' }).click();
  await row.waitFor({ state: 'detached' });
  const token = link.split('#')[1];
  expect((await stage.browser().post('/api/chat/join', { token, name: 'Zoe' })).status).toBe(410);
  const other = await visit('/chat', 'viewer');
  await other.getByRole('button', { name: 'Menu' }).click();
  await other.getByRole('link', { name: 'Dashboard' }).waitFor();
  expect(await other.getByRole('button', { name: 'Invite somebody…' }).count()).toBe(0);
});

test('dark, on a phone, in Chinese: nothing is cut off', async () => {
  const page = await come('陈大文', { colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  await ask(page, 'rich, please');
  await over(page);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('textbox', { name: '消息' }).waitFor();
  await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expect(await barriers(page)).toEqual([]);
  await picture(page, 'chat-dark-390');
});

test('scripts and styles that the page loads weigh less than 240 kB before gzip', async () => {
  const page = await come();
  await page.reload();
  await field(page).waitFor();
  const sizes = await page.evaluate<{ name: string; size: number }[]>(SIZES);
  const scripts = sizes.filter(({ name }) => /\.(js|css)$/.test(name));
  expect(scripts.length).toBeGreaterThan(2);
  // Before gzip; the parser of Markdown is half of it.
  expect(scripts.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(240_000);
});

// The last of them: the new process has no page to serve, and needs none.
test('the server is killed and started again: the open page goes on by itself', async () => {
  const end = gate();
  stage.scripted.when('long', ['It begins. ', end.opened, 'It ends.']);
  const page = await come();
  await ask(page, 'a long story');
  await replies(page).getByText('It begins.').waitFor();
  const { port } = new URL(stage.admin.url);
  await stage.admin.close();
  await page.getByText('The connection is lost. Trying again…').waitFor();
  end.open();
  stage.admin = await stage.start({ port: Number(port) });
  await over(page);
  await expect.poll(() => replies(page).locator('.markdown').textContent()).toBe('It begins. It ends.');
  await page.getByText('The connection is lost. Trying again…').waitFor({ state: 'detached' });
});
