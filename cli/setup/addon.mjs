import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, isCurrent, setCurrent } from './fingerprint.mjs';
import { step } from './progress.mjs';
import { root } from './root.mjs';
import { has, run } from './run.mjs';
import { requireTools } from './tools.mjs';

const endings = ['.cc', '.cpp', '.h', '.cu', '.cuh', '.txt', '.cmake'];

/** Builds build/native/wisecrack.node from inference/native when its sources changed. */
export async function buildAddon() {
  const folder = join(root, 'build/native');
  const print = fingerprint(['inference/native'], endings, [process.arch, process.platform]);
  const mark = join(folder, '.fingerprint');
  if (
    existsSync(join(folder, 'wisecrack.node')) &&
    (isCurrent(mark, print) || !existsSync(join(root, 'inference/native')))
  )
    return;
  await requireTools(['compiler', 'cmake', 'make']);
  mkdirSync(folder, { recursive: true });
  await step('Building the engine', (progress) => cmake(folder, progress));
  setCurrent(mark, print);
}

/** Configures and builds a CMake folder of inference/native; `flags` go to the configuration. */
export async function cmake(folder, progress, flags = [], target = []) {
  const generator = has('ninja') ? ['-G', 'Ninja'] : [];
  await run('cmake', [
    '-S',
    'inference/native',
    '-B',
    folder,
    ...(existsSync(join(folder, 'CMakeCache.txt')) ? [] : generator),
    '-DCMAKE_BUILD_TYPE=Release',
    ...flags,
  ]);
  await run('cmake', ['--build', folder, '--parallel', ...target], {
    onLine: (line) => {
      const ninja = /^\[(\d+)\/(\d+)\]/.exec(line);
      const make = /^\[\s*(\d+)%\]/.exec(line);
      if (ninja) progress.at(Number(ninja[1]) / Number(ninja[2]));
      else if (make) progress.at(Number(make[1]) / 100);
    },
  });
}
