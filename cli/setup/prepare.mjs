// Plain JavaScript: it runs before anything is installed or compiled.
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon } from './addon.mjs';
import { compile } from './compile.mjs';
import { installPackages } from './packages.mjs';
import { buildPage } from './page.mjs';
import { root } from './root.mjs';
import { requireTools } from './tools.mjs';

/**
 * Installs what is missing and builds what changed; seconds when nothing did.
 * @param {{ lenient?: boolean, redis?: boolean }} options - `lenient` goes on when the addon cannot be built; `redis` wants a redis-server.
 */
export async function prepare({ lenient = false, redis = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 20))
    throw new Error(`Node ${process.versions.node} is too old: 20.20 or newer is needed (https://nodejs.org).`);
  const release = await lock();
  try {
    await installPackages();
    const steps = [() => buildAddon(), () => (redis ? requireTools(['redis-server']) : undefined)];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        if (!lenient) throw error;
        console.error(`${error.message}\n`);
      }
    }
    await compile();
    await buildPage();
  } finally {
    release();
  }
}

/** One process builds at a time; the others wait for it. A lock whose owner is gone does not count. */
async function lock() {
  mkdirSync(join(root, 'build'), { recursive: true });
  const folder = join(root, 'build/.lock');
  const owner = join(folder, 'pid');
  for (;;) {
    try {
      mkdirSync(folder);
      writeFileSync(owner, String(process.pid));
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStale(folder, owner)) rmSync(folder, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function isStale(folder, owner) {
  try {
    if (!existsSync(owner)) return Date.now() - statSync(folder).mtimeMs > 2000;
    process.kill(Number(readFileSync(owner, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
