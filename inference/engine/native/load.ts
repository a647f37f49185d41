import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import { packageRoot } from '../../../root.ts';
import type { Addon } from '../addon.ts';

let loaded: Addon | undefined;

/**
 * The native addon. It is loaded at the first call, so that whoever needs no model of their own need not build it.
 * @throws WisecrackError WISECRACK_ADDON_MISSING
 */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const file = join(packageRoot(), 'build/native/wisecrack.node');
  if (!existsSync(file)) throw new WisecrackError('WISECRACK_ADDON_MISSING', { reason: `there is no ${file}` });
  try {
    loaded = createRequire(import.meta.url)(file) as Addon;
  } catch (error) {
    throw new WisecrackError('WISECRACK_ADDON_MISSING', { reason: reasonOf(error) }, { cause: error });
  }
  return loaded;
}
