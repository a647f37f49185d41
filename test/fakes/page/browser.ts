import type { Browser } from 'playwright-core';
import { openChromium } from './chromium.ts';

/** Opens a headless Chromium. @throws Error where there is none: what is not tried has not passed. */
export async function openBrowser(): Promise<Browser> {
  const browser = await openChromium();
  if (browser) return browser;
  throw new Error(
    'There is no Chromium on the PATH: the pages cannot be tried. "npm test typescript" installs it as root on Debian.',
  );
}
