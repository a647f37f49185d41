import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
// @ts-expect-error: plain JavaScript, for it runs before anything is compiled
import { cmake } from '../../cli/setup/addon.mjs';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wisecrack-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('configures anew where the last build was made by a program that is gone, or in another folder', async () => {
  await mkdir(join(folder, 'CMakeFiles'));
  await writeFile(
    join(folder, 'CMakeCache.txt'),
    [
      'CMAKE_GENERATOR:INTERNAL=Ninja',
      'CMAKE_MAKE_PROGRAM:FILEPATH=/nowhere/ninja',
      'CMAKE_HOME_DIRECTORY:INTERNAL=/nowhere/inference/native',
      '',
    ].join('\n'),
  );
  await cmake(folder, { at: () => undefined }, ['-DWISECRACK_ADDON=OFF'], ['--target', 'help']);
  const program = /^CMAKE_MAKE_PROGRAM:\w+=(.*)$/m.exec(await readFile(join(folder, 'CMakeCache.txt'), 'utf8'))?.[1];
  expect(existsSync(program ?? '')).toBe(true);
});
