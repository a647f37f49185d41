import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a browser loads before the first page shows, in bytes after gzip; undefined where the page is not built. */
export function firstPageBytes(folder: string): number | undefined {
  const index = join(folder, 'index.html');
  if (!existsSync(index)) return undefined;
  const html = readFileSync(index, 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\/?([^":]+\.(?:js|css))"/g)].map(([, file]) =>
    join(folder, file ?? ''),
  );
  return [index, ...files].reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
}
