import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ADDON } from '../inference/engine/golden.ts';

// A program of its own: it ends in the middle of things, and collects garbage when it likes.
test.skipIf(!ADDON)('the addon keeps what it promises to JavaScript', () => {
  const run = spawnSync(process.execPath, ['--expose-gc', 'test/native/addon.mjs'], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.stdout).not.toContain('FAIL');
  expect(run.status).toBe(0);
});
