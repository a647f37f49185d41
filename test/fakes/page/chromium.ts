import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';

/** As cli/setup/tools.mjs knows them. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** It asks nobody but the page, and does nothing else. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // No process is started in advance for a page that nobody opens.
  '--renderer-process-limit=1',
];

/** Opens a headless Chromium; undefined where there is none on the PATH, or nothing to drive it with. */
export async function openChromium(): Promise<Browser | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
  // Only there where Wisecrack is developed.
  const driver = await import('playwright-core').catch(() => undefined);
  if (found === undefined) return undefined;
  return driver?.chromium.launch({ executablePath: found, headless: true, args: QUIET });
}
