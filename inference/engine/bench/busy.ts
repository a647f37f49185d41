import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type BenchRow, median } from '../../../queue/measure.ts';
import { runLoad } from './load.ts';
import type { Subject } from './subject.ts';

const ROUNDS = 3;
const BAR = 0.8;

/**
 * Decoding while another process keeps one core busy, beside what the other cores' part of the quiet speed is. Nothing for one thread, which
 * may move to another core.
 */
export async function benchBusy({ requests, judged, threads }: Subject): Promise<BenchRow[]> {
  if (threads === 1) return [];
  const load = { sequences: 4, prompt: 16, reply: judged ? 17 : 97, seed: 4 };
  const quiet: number[] = [];
  const busy: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push((await runLoad(requests, load)).tokensPerSecond);
    const other = spawn(process.execPath, ['-e', 'process.stdout.write("."); for (;;);'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await once(other.stdout, 'data');
      busy.push((await runLoad(requests, load)).tokensPerSecond);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
  }
  const value = median(busy);
  const limit = (median(quiet) * (threads - 1)) / threads;
  const ratio = value / limit;
  const name = 'decode 4 while one core is busy';
  return [{ name, value, unit: 'tokens/s', limit, ratio, ...(judged && { bar: BAR, holds: ratio >= BAR }) }];
}
