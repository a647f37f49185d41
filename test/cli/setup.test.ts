import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
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
  await cmake(folder, { at: () => undefined }, ['-DWISECRACK_ADDON=OFF', '-DWISECRACK_CUDA=OFF'], ['--target', 'help']);
  const program = /^CMAKE_MAKE_PROGRAM:\w+=(.*)$/m.exec(await readFile(join(folder, 'CMakeCache.txt'), 'utf8'))?.[1];
  expect(existsSync(program ?? '')).toBe(true);
});

it('empties no folder that node_modules links to', async () => {
  const house = join(folder, 'house');
  const shared = join(folder, 'shared');
  await mkdir(shared);
  await writeFile(join(shared, 'kept.txt'), 'kept');
  await cp(join(import.meta.dirname, '../../cli/setup'), join(house, 'cli/setup'), { recursive: true });
  await writeFile(join(house, 'package.json'), JSON.stringify({ name: 'house', dependencies: { missing: '1.0.0' } }));
  await writeFile(
    join(house, 'package-lock.json'),
    JSON.stringify({ name: 'house', lockfileVersion: 3, packages: {} }),
  );
  await symlink(shared, join(house, 'node_modules'));
  const install = `import(${JSON.stringify(join(house, 'cli/setup/packages.mjs'))}).then((setup) => setup.installPackages())`;
  await expect(promisify(execFile)(process.execPath, ['-e', install])).rejects.toThrow('node_modules is a link');
  expect(await readFile(join(shared, 'kept.txt'), 'utf8')).toBe('kept');
});
