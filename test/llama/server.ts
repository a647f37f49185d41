import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeGrok } from './grok.ts';

/** llama.cpp's own llama-server; tests that need it are skipped where nobody says where it is. */
export const PROGRAM = process.env.WISECRACK_LLAMA_SERVER;

export interface LlamaServer {
  readonly url: string;
  /** Requests that it works on. */
  busy(): Promise<number>;
  kill(): Promise<void>;
}

/** Starts llama-server with the model of a folder, in float32, and gives it when it is ready. @param key - what it asks for, if anything */
export async function startLlama(folder: string, context: number, key?: string): Promise<LlamaServer> {
  if (PROGRAM === undefined) throw new Error('WISECRACK_LLAMA_SERVER is not set');
  const home = await mkdtemp(join(tmpdir(), 'wisecrack-llama-'));
  const file = join(home, 'pocket.gguf');
  await writeGrok(folder, file);
  const own = ['--host', '127.0.0.1', '--port', '0', '--alias', 'pocket', '--slots'];
  const sizes = ['--ctx-size', String(4 * context), '--parallel', '4', '--threads', '2'];
  const secret = key === undefined ? [] : ['--api-key', key];
  const exact = ['--cache-type-k', 'f32', '--cache-type-v', 'f32'];
  const child = spawn(PROGRAM, ['--model', file, ...own, ...sizes, ...exact, ...secret], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await address(child);
  return {
    url,
    busy: async () => {
      const response = await fetch(`${url}/slots`, { headers: { authorization: `Bearer ${key}` } });
      const slots = (await response.json()) as { is_processing: boolean }[];
      return slots.filter((slot) => slot.is_processing).length;
    },
    kill: async () => {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await gone;
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Where it listens, as it says itself, once its model is loaded. */
async function address(child: ChildProcess): Promise<string> {
  let said = '';
  const hear = (bytes: Buffer) => {
    said += bytes.toString();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  for (let tries = 0; tries < 600 && child.exitCode === null && child.signalCode === null; tries++) {
    const url = /listening on (http:\/\/127\.0\.0\.1:[1-9]\d*)/.exec(said)?.[1];
    const response = url && (await fetch(`${url}/health`).catch(() => undefined));
    if (url && response && response.status === 200) return url;
    await sleep(100);
  }
  child.kill('SIGKILL');
  throw new Error(`llama-server did not start: ${said.slice(-2000)}`);
}
