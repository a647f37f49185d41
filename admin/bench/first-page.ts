import type { Browser, Page } from 'playwright-core';

/** How often it is opened, each time by a browser that has never seen it. */
const TIMES = 7;

/** Run in the page before all else: when the figures stand there and the page has nothing more to do. */
const NOTE = `
  window.readyAt = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('main .strip')) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
`;

/** How many ms after it was gone to the first page is drawn with its figures and answers to a press; one figure a visit. */
export async function visitFirstPage(browser: Browser, url: string, cookie: string): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < TIMES; at++) {
    const page = await openFirstPage(browser, url, cookie);
    times.push(await page.evaluate<number>('window.readyAt'));
    await page.context().close();
  }
  return times;
}

/** The first page with its figures, in a browser that has never seen it. */
export async function openFirstPage(browser: Browser, url: string, cookie: string): Promise<Page> {
  const [name = '', value = ''] = cookie.split(/[=;]/, 2);
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' }]);
  await context.addInitScript(NOTE);
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate('window.readyAt');
  return page;
}
