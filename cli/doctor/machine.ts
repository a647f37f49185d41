import { spawnSync } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { reasonOf, WisecrackError } from '../../errors.ts';
import { type Addon, loadAddon } from '../../inference/engine/index.ts';
import { bytesText } from '../bytes.ts';
import type { Config } from '../config.ts';
import { type Finding, fail, ok, warn } from './check.ts';

/** Node, the tools, the engine that they build, and the device that it is to use: undefined where the settings do not say. */
export function checkMachine(device: Config['device'] | undefined): Finding[] {
  const { addon, problem } = load();
  return [
    checkNode(),
    ok('machine', `${availableParallelism()} cores, ${bytesText(totalmem())} of memory`),
    checkTool('compiler', ['c++', 'g++', 'clang++'], addon !== undefined),
    checkTool('cmake', ['cmake'], addon !== undefined),
    ...(addon ? checkAddon(addon, device) : [problem]),
  ];
}

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 20);
  return enough
    ? ok('node', process.version)
    : fail('node', process.version, 'Install Node 20.20 or newer: https://nodejs.org');
}

/** What builds the engine is not missed while the engine is there. */
function checkTool(check: string, programs: string[], built: boolean): Finding {
  for (const program of programs) {
    const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (status === 0) return ok(check, stdout.split('\n')[0] ?? program);
  }
  const mend = `Install one (Debian: apt-get install ${check === 'cmake' ? 'cmake' : 'g++'}).`;
  return built
    ? warn(check, 'none, but the engine is built', mend)
    : fail(check, 'none, and the engine is not built', mend);
}

function load(): { addon: Addon; problem?: never } | { addon?: never; problem: Finding } {
  try {
    return { addon: loadAddon() };
  } catch (error) {
    const mend = error instanceof WisecrackError ? error.mend : 'Run "npm run build".';
    return { problem: fail('engine', reasonOf(error), mend) };
  }
}

function checkAddon(addon: Addon, device: Config['device'] | undefined): Finding[] {
  const { cpu, kernels, cuda } = addon.features();
  const features = `${kernels} kernels; the CPU has ${cpu.join(', ') || 'no vector extensions that count'}`;
  return [
    ok('engine', 'built'),
    kernels === 'portable'
      ? warn('cpu', features, 'Replies will be slow: run it on a CPU with AVX2 and FMA.')
      : ok('cpu', features),
    checkCuda(cuda, device),
  ];
}

/** No GPU is no fault where none was asked for: the CPU answers then. One that is there and unused is worth a word. */
function checkCuda(
  { available, reason, driver, devices = [] }: ReturnType<Addon['features']>['cuda'],
  device: Config['device'] | undefined,
): Finding {
  const there = [...devices, ...(driver ? [`driver for CUDA ${driver}`] : [])].join(', ');
  if (available) return ok('cuda', device === 'cpu' ? `${there}; not used, for WISECRACK_DEVICE is cpu` : there);
  if (device === 'cuda')
    return fail(
      'cuda',
      `${there || 'none'}: ${reason}`,
      'Mend that, or compute on the CPU: --device cpu, WISECRACK_DEVICE=cpu.',
    );
  if (devices.length > 0) return warn('cuda', `${there}, not used: ${reason}`, 'Nothing to do: the CPU answers.');
  return ok('cuda', `none (${reason}); the CPU answers`);
}
