import { existsSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, isCurrent, setCurrent } from './fingerprint.mjs';
import { step } from './progress.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

/** Installs the npm packages of the lock file when they are missing or the lock file changed. None of them needs an install script. */
export async function installPackages() {
  // Without development packages (in an image) the build has been done already.
  if (!existsSync(join(root, 'package-lock.json'))) return;
  const print = fingerprint(['package-lock.json'], ['.json']);
  const mark = join(root, 'node_modules/.wisecrack');
  if (isCurrent(mark, print)) return;
  if (!existsSync(join(root, 'node_modules')) || !(await complete())) {
    // `npm ci` would empty what the link points to, and that is another checkout's.
    if (isLink(join(root, 'node_modules')))
      throw new Error(
        'node_modules is a link, and what it points to is not what package-lock.json says. Remove the link (not the folder behind it) and start again: the packages are then installed here.',
      );
    await step('Installing npm packages', () => run('npm', ['ci', '--no-audit', '--no-fund', '--include=dev']));
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  setCurrent(mark, print);
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** Whether what is in node_modules is what the lock file says: somebody may have run `npm ci` themselves. */
async function complete() {
  try {
    await run('npm', ['ls', '--all', '--omit=optional']);
    return true;
  } catch {
    return false;
  }
}
