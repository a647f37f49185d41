import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WisecrackError } from '../../errors.ts';
import { checkRedis, openRedis } from '../../queue/index.ts';
import { isAlive } from '../../queue/redis/lock.ts';
import { compile, killFixtures, removeCompiled, runFixture } from './fixtures/compiled.ts';
import { until } from './fixtures/messages.ts';

let home: string;
let made: string;

beforeAll(compile);
afterAll(removeCompiled);
beforeEach(() => {
  made = mkdtempSync(join(tmpdir(), 'wisecrack-home-'));
  home = made;
});
afterEach(() => {
  killFixtures();
  rmSync(made, { recursive: true, force: true });
});

/** Opens, does something, closes. */
async function once<T>(work: (redis: Awaited<ReturnType<typeof openRedis>>) => Promise<T>): Promise<T> {
  const redis = await openRedis({ home });
  try {
    return await work(redis);
  } finally {
    await redis.close();
  }
}

async function command<T>(
  redis: Awaited<ReturnType<typeof openRedis>>,
  work: (connection: ReturnType<typeof redis.connect>) => Promise<T>,
) {
  const connection = redis.connect();
  try {
    return await work(connection);
  } finally {
    connection.disconnect();
  }
}

const pidOf = (redis: Awaited<ReturnType<typeof openRedis>>) =>
  command(redis, async (it) => Number(/process_id:(\d+)/.exec(await it.info('server'))?.[1]));

test('keeps its data over a restart, and is gone when closed', async () => {
  const pid = await once(async (redis) => {
    await command(redis, (it) => it.set('key', 'value'));
    return pidOf(redis);
  });
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(join(home, 'redis/keeper.sock'))).toBe(false);
  expect(await once((redis) => command(redis, (it) => it.get('key')))).toBe('value');
});

test('is what doctor wants it to be', async () => {
  const check = await once(checkRedis);
  expect(check).toMatchObject({ persistent: true, eviction: 'noeviction', problems: [] });
});

test('is shared by processes that start at once, and ends with the last of them', async () => {
  const [a, b, c] = await Promise.all([1, 2, 3].map(() => runFixture('embedded', [home])));
  expect(new Set([a?.said, b?.said, c?.said]).size).toBe(1);
  const pid = Number(a?.said);
  a?.child.kill('SIGTERM');
  b?.child.kill('SIGKILL');
  await Promise.all([a?.exited, b?.exited]);
  const redis = await openRedis({ home });
  expect(await pidOf(redis)).toBe(pid);
  await redis.close();
  expect(isAlive(pid)).toBe(true);
  c?.child.kill('SIGTERM');
  await c?.exited;
  await until(() => !isAlive(pid));
});

test('leaves nothing behind when its only user is killed', async () => {
  const { child, said } = await runFixture('embedded', [home]);
  expect(isAlive(Number(said))).toBe(true);
  child.kill('SIGKILL');
  await until(() => !isAlive(Number(said)));
  await until(() => !existsSync(join(home, 'redis/keeper.sock')));
});

test('comes back when it is killed', async () => {
  await once(async (redis) => {
    await command(redis, async (connection) => {
      await connection.set('key', 'value');
      const pid = await pidOf(redis);
      process.kill(pid, 'SIGKILL');
      await until(() => !isAlive(pid));
      expect(await connection.get('key')).toBe('value');
    });
  });
});

// Finds the keeper through /proc.
test.skipIf(process.platform !== 'linux')('gets a new keeper when that is killed', async () => {
  const pid = await once(async (redis) => {
    const old = await pidOf(redis);
    const keeper = keeperOf(old);
    process.kill(keeper, 'SIGKILL');
    await until(async () => (await pidOf(redis)) !== old);
    return pidOf(redis);
  });
  await until(() => !isAlive(pid));
});

test('has its sockets elsewhere when the path is too long for them', async () => {
  home = join(home, 'long'.repeat(30));
  mkdirSync(home);
  const socket = await once(async (redis) => {
    await command(redis, (it) => it.ping());
    return redis.url.slice('unix:'.length);
  });
  expect(socket.length).toBeLessThan(100);
  expect(readdirSync(join(home, 'redis')).some((name) => name.endsWith('.sock'))).toBe(false);
  rmSync(join(socket, '..'), { recursive: true, force: true });
});

test('says what to install when redis-server is missing', async () => {
  const path = process.env.PATH;
  process.env.PATH = '';
  try {
    await expect(openRedis({ home })).rejects.toMatchObject({
      code: 'WISECRACK_REDIS_MISSING',
      mend: expect.stringContaining('apt-get install redis-server'),
    });
  } finally {
    process.env.PATH = path;
  }
});

test('says where to look when redis-server does not start', async () => {
  mkdirSync(join(home, 'redis'));
  // A file where Redis wants a folder.
  writeFileSync(join(home, 'redis/appendonlydir'), '');
  await expect(openRedis({ home })).rejects.toMatchObject({
    code: 'WISECRACK_REDIS_FAILED',
    mend: `Look at the log in ${join(home, 'redis')}.`,
  });
  rmSync(join(home, 'redis/appendonlydir'));
  await once((redis) => command(redis, (it) => it.ping()));
});

test('no error shows a password', async () => {
  const attempts = [
    'redis://user:s3cr%23t@127.0.0.1:1',
    'redis://127.0.0.1:1?password=s3cr%23t',
    'http://user:s3cr%23t@127.0.0.1',
    'user:s3cr%23t@127.0.0.1',
  ];
  const errors = await Promise.all(attempts.map((url) => openRedis({ url, home }).catch((error: unknown) => error)));
  for (const error of errors) {
    expect(error).toBeInstanceOf(WisecrackError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/s3cr/);
  }
});

function keeperOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
}
