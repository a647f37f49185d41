// `npm run test:gpu` and `npm run bench:gpu`: the kernels on a real card. Both need nvcc to build and a driver to run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildAddon, cmake } from '../../cli/setup/addon.mjs';
import { step } from '../../cli/setup/progress.mjs';
import { root } from '../../cli/setup/root.mjs';
import { has } from '../../cli/setup/run.mjs';

const TESTS = ['rows', 'product', 'experts', 'attention', 'logits', 'golden', 'offload'];
const folder = join(root, 'build/gpu');

/** Under compute-sanitizer, which looks for races and stray accesses, where the machine has it. */
function test() {
  const sanitizer = has('compute-sanitizer') ? ['compute-sanitizer', '--error-exitcode', '1'] : [];
  if (sanitizer.length === 0) console.log('No compute-sanitizer: races and stray accesses are not looked for.');
  const tools =
    sanitizer.length === 0 ? [[]] : [[], ...['memcheck', 'racecheck'].map((tool) => [...sanitizer, '--tool', tool])];
  let failed = 0;
  for (const name of TESTS) {
    for (const tool of name === 'golden' || name === 'offload' ? tools.slice(0, 1) : tools) {
      console.log(`\n=== ${[...tool.slice(-1), name].join(' ')}`);
      const [program, ...args] = [...tool, join(folder, `gpu/gpu_${name}_test`)];
      if (spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status !== 0) failed++;
    }
  }
  return failed === 0;
}

function bench() {
  // What it is to measure follows: npm run bench:gpu -- rank-bf16
  return spawnSync(join(folder, 'gpu/gpu_bench'), process.argv.slice(3), { cwd: root, stdio: 'inherit' }).status === 0;
}

const programs = { test: [test, TESTS.map((name) => `gpu_${name}_test`)], bench: [bench, ['gpu_bench']] };
const [work, targets] = programs[process.argv[2]] ?? programs.test;
try {
  if (!has('nvcc') && !existsSync('/usr/local/cuda/bin/nvcc'))
    throw new Error('There is no nvcc: install the CUDA toolkit.');
  const flags = ['-DWISECRACK_GPU_TESTS=ON', '-DWISECRACK_ADDON=OFF'];
  await step('Building for the card', (progress) => cmake(folder, progress, flags, ['--target', ...targets]));
  await buildAddon();
  const { cuda } = createRequire(import.meta.url)(join(root, 'build/native/wisecrack.node')).features();
  if (!cuda.available) throw new Error(`There is no card to run on: ${cuda.reason}.`);
  process.exitCode = work() ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
