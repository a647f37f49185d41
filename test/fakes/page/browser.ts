import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** As cli/setup/tools.mjs knows them. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** It asks nobody but the page. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens a headless Chromium. @throws Error where there is none: what is not tried has not passed. */
export function openBrowser(): Promise<Browser> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
  if (!found)
    throw new Error(
      `There is no ${NAMES.join(' or ')} on the PATH: the pages cannot be tried. "npm test typescript" installs it as root on Debian.`,
    );
  return chromium.launch({ executablePath: found, headless: true, args: QUIET });
}
