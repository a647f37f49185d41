import { spawn, spawnSync } from 'node:child_process';
import { root } from './root.mjs';

/** Whether a program is on PATH. */
export function has(program) {
  return spawnSync(process.platform === 'win32' ? 'where' : 'which', [program], { stdio: 'ignore' }).status === 0;
}

/**
 * Runs a program quietly. `onLine` sees what it prints; when it fails, the end of that is in the error.
 * @returns everything it printed
 */
export function run(program, args, { onLine = () => {}, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let line = '';
    const take = (chunk) => {
      output += chunk;
      const lines = (line + chunk).split(/[\r\n]/);
      line = lines.pop();
      for (const each of lines) onLine(each);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const end = output.trim().split('\n').slice(-30).join('\n');
      reject(new Error(`"${program} ${args.join(' ')}" ended with ${signal ?? `exit code ${code}`}:\n${end}`));
    });
  });
}
