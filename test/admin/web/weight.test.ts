import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtPage } from './fixtures/built.ts';

const LIMIT = 200_000;

test('what the first page loads weighs less than 200 kB', async () => {
  const folder = await builtPage();
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, file]) => file ?? '');
  expect(named.some((it) => it.endsWith('.js'))).toBe(true);
  const weights = ['index.html', ...named].map((file) => gzipSync(readFileSync(join(folder, file))).length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  expect(total).toBeLessThan(LIMIT);
  // The heavy parts come later, when they are gone to.
  expect(named.join()).not.toMatch(/history|editor/);
});
