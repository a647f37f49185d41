import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WisecrackError } from '../../errors.ts';
import { packageRoot } from '../../root.ts';
import { isAlive } from './lock.ts';
import type { Place } from './place.ts';
import { answers } from './sockets.ts';

const KEEPER_MS = 10_000;
const LEFTOVER_MS = 10_000;

/** Starts keeper.mjs and returns when it can be joined. Hold the lock. */
export async function startKeeper({ folder, sockets, keeperSocket }: Place, binary: string): Promise<void> {
  const log = openSync(join(folder, 'keeper.log'), 'a', 0o600);
  const keeper = spawn(
    process.execPath,
    ['--max-old-space-size=32', join(packageRoot(), 'queue/redis/keeper.mjs'), binary, folder, sockets],
    // Detached: signals for our process group are not for it. Its environment has none of our tokens.
    { detached: true, stdio: ['ignore', log, log], cwd: folder, env: { PATH: process.env.PATH } },
  );
  closeSync(log);
  keeper.unref();
  let failure: string | undefined;
  keeper.once('error', (error) => {
    failure = error.message;
  });
  keeper.once('exit', (code) => {
    failure = `its keeper ended with ${code}`;
  });
  for (const deadline = Date.now() + KEEPER_MS; !(await answers(keeperSocket)); await sleep(10)) {
    if (Date.now() > deadline) failure = 'its keeper did not start';
    if (failure) throw new WisecrackError('WISECRACK_REDIS_FAILED', { folder, reason: failure });
  }
}

/**
 * Ends a Redis that has lost its keeper, and waits for one that is just ending: two of them in one folder would spoil
 * the data. Hold the lock.
 */
export async function endLeftover({ folder, redisSocket, keeperSocket }: Place): Promise<void> {
  const pid = readPid(join(folder, 'redis.pid'));
  for (const deadline = Date.now() + LEFTOVER_MS; ; await sleep(20)) {
    const alive = await answers(redisSocket);
    if (alive) shutDown(redisSocket);
    // A process with that id that does not answer may be a stranger's: after two seconds we think so.
    const dying = pid !== undefined && isAlive(pid) && Date.now() < deadline - LEFTOVER_MS + 2000;
    if (!alive && !dying) break;
    if (Date.now() > deadline) {
      throw new WisecrackError('WISECRACK_REDIS_IN_USE', { folder, reason: 'the Redis in it does not end' });
    }
  }
  for (const file of [redisSocket, keeperSocket, join(folder, 'redis.pid')]) rmSync(file, { force: true });
}

function shutDown(socketPath: string): void {
  const socket = createConnection(socketPath, () => socket.end('SHUTDOWN\r\n'));
  socket.on('error', () => {});
  socket.resume();
}

function readPid(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}
