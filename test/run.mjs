// `npm test`: prepares everything, then runs every suite one after the other and adds up what they counted.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cmake } from '../cli/setup/addon.mjs';
import { fingerprint, isCurrent, setCurrent } from '../cli/setup/fingerprint.mjs';
import { prepare } from '../cli/setup/prepare.mjs';
import { step } from '../cli/setup/progress.mjs';
import { root } from '../cli/setup/root.mjs';
import { requireTools } from '../cli/setup/tools.mjs';
import { checkRegisters } from './simt/registers.mjs';

const only = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

const suites = {
  /** Formatting, lint, types. */
  lint: async () => {
    const codes = await Promise.all([
      show('node_modules/.bin/biome', ['check', '.']),
      show('node_modules/.bin/tsc', ['-p', '.']),
      show('node_modules/.bin/tsc', ['-p', 'admin/web']),
    ]);
    const passed = codes.filter((code) => code === 0).length;
    return { passed, failed: codes.length - passed, skipped: 0 };
  },
  /** The C++ tests, under the address and undefined-behaviour sanitizers; what has threads of its own also under the thread sanitizer. */
  native: async () => {
    const memory = await sanitized('build/native-test', 'address,undefined');
    const threads = await sanitized('build/native-test-threads', 'thread', ['scheduler', 'shards', 'convert']);
    return Object.fromEntries(Object.keys(total).map((key) => [key, memory[key] + threads[key]]));
  },
  /** The CUDA kernels on the emulator; where nvcc has built them, also their registers. */
  simt: async () => {
    const engine = join(root, 'build/native/libengine.a');
    const flags = [
      '-DWISECRACK_SIMT=ON',
      '-DWISECRACK_SANITIZE=undefined',
      `-DWISECRACK_ENGINE=${existsSync(engine) ? engine : ''}`,
    ];
    const tests = await cpp('build/simt', 'Building the CUDA kernels for the emulator', flags);
    const kernels = checkRegisters();
    return Object.fromEntries(Object.keys(total).map((key) => [key, tests[key] + kernels[key]]));
  },
  /** Everything in TypeScript: units, properties, faults, the command line from end to end. */
  typescript: async () => {
    await requireTools(['chromium']);
    const report = join(root, 'build/vitest.json');
    rmSync(report, { force: true });
    await show('node_modules/.bin/vitest', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...only.slice(1),
    ]);
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, numTotalTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // A file that does not even load counts as one failure.
    const broken = numFailedTests === 0 ? numFailedTestSuites : 0;
    return {
      passed: numPassedTests,
      failed: numFailedTests + broken + (numTotalTests === 0 ? 1 : 0),
      skipped: numPendingTests,
    };
  },
};

try {
  await prepare({ redis: true });
  for (const [name, suite] of Object.entries(suites)) {
    if (only.length > 0 && only[0] !== name) continue;
    console.log(`\n=== ${name}`);
    const counted = await suite();
    for (const key of Object.keys(total)) total[key] += counted[key];
  }
} catch (error) {
  console.error(error.message);
  total.failed++;
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

/** The C++ tests, or only some of them, under a sanitizer. */
function sanitized(place, sanitizer, names) {
  const flags = ['-DWISECRACK_TESTS=ON', `-DWISECRACK_SANITIZE=${sanitizer}`];
  return cpp(place, `Building the C++ tests (${sanitizer})`, flags, names);
}

/** Builds and runs tests in C++, or only some of them. */
async function cpp(place, title, flags, names) {
  const folder = join(root, place);
  const mark = join(folder, '.fingerprint');
  const endings = ['.cc', '.cpp', '.h', '.cu', '.cuh', '.txt', '.cmake'];
  const print = fingerprint(['inference/native', 'test/native', 'test/simt'], endings);
  if (!isCurrent(mark, print)) {
    const all = ['-DWISECRACK_ADDON=OFF', '-DWISECRACK_CUDA=OFF', ...flags];
    const target = names ? ['--target', ...names.map((name) => `${name}_test`)] : [];
    await step(title, (progress) => cmake(folder, progress, all, target));
    setCurrent(mark, print);
  }
  const report = join(folder, 'report.xml');
  rmSync(report, { force: true });
  const only = names ? ['--tests-regex', `^(${names.join('|')})$`] : [];
  const jobs = ['--parallel', String(availableParallelism())];
  await show('ctest', ['--test-dir', folder, ...jobs, ...only, '--output-on-failure', '--output-junit', report]);
  const [, tests, failures, skipped] =
    /<testsuite[^>]*tests="(\d+)"[^>]*failures="(\d+)"[^>]*skipped="(\d+)"/s.exec(readFileSync(report, 'utf8')) ?? [];
  return { passed: tests - failures - skipped, failed: Number(failures), skipped: Number(skipped) };
}

function show(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', reject);
    child.on('close', resolve);
  });
}
