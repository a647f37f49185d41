import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
  if (!isUsable(folder))
    for (const made of ['CMakeCache.txt', 'CMakeFiles']) rmSync(join(folder, made), { recursive: true, force: true });
  const generator = has('ninja') && !existsSync(join(folder, 'CMakeCache.txt')) ? ['-G', 'Ninja'] : [];
  await run('cmake', ['-S', 'inference/native', '-B', folder, ...generator, '-DCMAKE_BUILD_TYPE=Release', ...flags]);
  // Without a number, make starts a compiler for every file at once.
  const jobs = String(availableParallelism());
  await run('cmake', ['--build', folder, '--parallel', jobs, ...target], {
    onLine: (line) => {
      const ninja = /^\[(\d+)\/(\d+)\]/.exec(line);
      const make = /^\[\s*(\d+)%\]/.exec(line);
      if (ninja) progress.at(Number(ninja[1]) / Number(ninja[2]));
      else if (make) progress.at(Number(make[1]) / 100);
    },
  });
}

/** Whether a folder's configuration still holds: CMake keeps to the build program and the source folder it once saw, also when they are gone. */
function isUsable(folder) {
  const cache = join(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return false;
  const kept = (name) => new RegExp(`^${name}:\\w+=(.*)$`, 'm').exec(readFileSync(cache, 'utf8'))?.[1] ?? '';
  return existsSync(kept('CMAKE_MAKE_PROGRAM')) && kept('CMAKE_HOME_DIRECTORY') === join(root, 'inference/native');
}
