// What nvcc says about each kernel: no warnings, and no register that lies in memory. Needs nvcc, no card.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../../cli/setup/root.mjs';
import { has } from '../../cli/setup/run.mjs';

const CARDS = ['sm_80', 'sm_90'];
const nvcc = has('nvcc') ? 'nvcc' : '/usr/local/cuda/bin/nvcc';

/** Compiles the kernels for each kind of card. Skipped, with a message, where there is no nvcc. */
export async function checkRegisters() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (nvcc !== 'nvcc' && !existsSync(nvcc)) {
    console.log('No nvcc: registers and spills of the CUDA kernels are not checked.');
    return { ...counts, skipped: CARDS.length };
  }
  const folder = join(root, 'inference/native/device/cuda');
  mkdirSync(join(root, 'build'), { recursive: true });
  const sources = readdirSync(folder).filter((file) => file.endsWith('.cu'));
  const all = await atOnce(CARDS.flatMap((card) => sources.map((source) => ({ card, source: join(folder, source) }))));
  for (const card of CARDS) {
    const compiled = all.filter((one) => one.card === card);
    const kernels = compiled.flatMap((one) => one.kernels);
    const complaints = compiled.flatMap((one) => one.complaints);
    const spilling = kernels.filter(({ spilled }) => spilled > 0);
    for (const { name, spilled } of spilling) complaints.push(`${name} spills ${spilled} bytes`);
    if (kernels.length === 0) complaints.push('no kernels were compiled');
    const most = kernels.reduce((a, b) => (b.registers > a.registers ? b : a), { name: '', registers: 0 });
    const count = `${kernels.length} kernels, ${spilling.length} of them spill`;
    console.log(`${card}: ${count}; at most ${most.registers} registers (${most.name})`);
    for (const complaint of complaints) console.error(`${card}: ${complaint}`);
    counts[complaints.length > 0 ? 'failed' : 'passed']++;
  }
  return counts;
}

/** Compiles as many at once as there are processors. */
async function atOnce(jobs) {
  const compiled = [];
  const left = [...jobs];
  const work = async (worker) => {
    for (let job = left.shift(); job; job = left.shift()) compiled.push(await compile(job, worker));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, (_, worker) => work(worker)));
  return compiled;
}

async function compile({ card, source }, worker) {
  const native = join(root, 'inference/native');
  const flags = ['-std=c++20', '-O3', '-fmad=false', '-Xptxas', '-v', '-Werror', 'all-warnings', `-arch=${card}`];
  const object = join(root, `build/kernels.${worker}.cubin`);
  const { status, stderr } = await messages(nvcc, [...flags, '-I', native, '-cubin', source, '-o', object]);
  const complaints = status === 0 ? [] : [stderr.slice(0, 4000) || `${nvcc} does not run`];
  const report = /Compiling entry function '([^']+)'[\s\S]*?(\d+) bytes spill stores[\s\S]*?Used (\d+) registers/g;
  const kernels = [...stderr.matchAll(report)].map(([, name, spilled, registers]) => ({
    name: readable(name),
    spilled: Number(spilled),
    registers: Number(registers),
  }));
  return { card, kernels, complaints };
}

function messages(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', () => resolve({ status: null, stderr }));
    child.on('close', (status) => resolve({ status, stderr }));
  });
}

/** The identifiers of a mangled name, without namespaces: enough to find the kernel. */
function readable(mangled) {
  const names = [];
  for (let rest = mangled; ; ) {
    const match = /(\d+)([a-zA-Z_].*)/.exec(rest);
    if (!match) break;
    names.push(match[2].slice(0, Number(match[1])));
    rest = match[2].slice(Number(match[1]));
  }
  return names.filter((name) => name !== 'wisecrack' && name !== 'cuda').join(' ');
}
