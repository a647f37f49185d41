// What nvcc said about each kernel when the engine was built: no warnings, no register that lies in memory, no product of a warpgroup that is waited
// for before it need be. Needs no card.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../cli/setup/root.mjs';

const CARDS = ['sm_80', 'sm_90a'];
const LOGS = join(root, 'build/native/CMakeFiles/kern_cuda.dir');

/** Reads what the build left beside each object (device/cuda/compile.sh). Skipped, with a message, where no kernels were built. */
export function checkRegisters() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (!existsSync(LOGS)) {
    console.log('No kernels were built, for there is no nvcc: their registers and spills are not checked.');
    return { ...counts, skipped: CARDS.length };
  }
  const logs = readdirSync(LOGS, { recursive: true })
    .filter((file) => file.endsWith('.log'))
    .map((file) => readFileSync(join(LOGS, file), 'utf8'));
  const warnings = logs.flatMap((text) =>
    text.split('\n').filter((line) => /\b(warning|error|Potential Performance Loss|is injected)\b/i.test(line)),
  );
  for (const card of CARDS) {
    const kernels = logs.flatMap((text) => kernelsIn(text, card));
    const spilling = kernels.filter(({ spilled }) => spilled > 0);
    const complaints = [...warnings, ...spilling.map(({ name, spilled }) => `${name} spills ${spilled} bytes`)];
    if (kernels.length === 0) complaints.push('the build has said nothing of its kernels: remove build/native');
    const most = kernels.reduce((a, b) => (b.registers > a.registers ? b : a), { name: '', registers: 0 });
    const count = `${kernels.length} kernels, ${spilling.length} of them spill`;
    console.log(`${card}: ${count}; at most ${most.registers} registers (${most.name})`);
    for (const complaint of complaints) console.error(`${card}: ${complaint}`);
    counts[complaints.length > 0 ? 'failed' : 'passed']++;
  }
  return counts;
}

function kernelsIn(text, card) {
  const report =
    /Compiling entry function '([^']+)' for '([^']+)'[\s\S]*?(\d+) bytes spill stores[\s\S]*?Used (\d+) registers/g;
  return [...text.matchAll(report)]
    .filter(([, , of]) => of === card)
    .map(([, name, , spilled, registers]) => ({
      name: readable(name),
      spilled: Number(spilled),
      registers: Number(registers),
    }));
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
