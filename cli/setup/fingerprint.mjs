import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './root.mjs';

/** A hash of the contents of files and folders (those of `endings`), and of anything else that the result depends on. */
export function fingerprint(places, endings, also = []) {
  const hash = createHash('sha256');
  for (const text of also) hash.update(`${text}\0`);
  for (const place of places)
    for (const file of files(join(root, place), endings))
      hash.update(`${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Whether `file` was made from what `print` stands for. */
export function isCurrent(file, print) {
  return existsSync(file) && readFileSync(file, 'utf8') === print;
}

export function setCurrent(file, print) {
  writeFileSync(file, print);
}

function* files(place, endings) {
  if (!existsSync(place)) return;
  if (endings.some((ending) => place.endsWith(ending))) return yield place;
  let entries;
  try {
    entries = readdirSync(place, { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory() || endings.some((ending) => entry.name.endsWith(ending)))
      yield* files(join(place, entry.name), endings);
  }
}
