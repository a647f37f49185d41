// Plain JavaScript: it runs before anything is installed or compiled.
import { buildAddon } from './addon.mjs';
import { compile } from './compile.mjs';
import { lock } from './lock.mjs';
import { installPackages } from './packages.mjs';
import { buildPage } from './page.mjs';
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
