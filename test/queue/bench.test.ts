import { afterAll, beforeAll, expect, test } from 'vitest';
import { benchQueue } from '../../queue/bench.ts';
import { Server } from './fixtures/server.ts';

let server: Server;

beforeAll(async () => {
  server = await Server.start();
});
afterAll(() => server.stop());

test('the bench measures, and leaves nothing behind', async () => {
  const small = process.env.WISECRACK_BENCH ? {} : { jobs: 20, emptyJobs: 100, pieces: 400, cancels: 5 };
  const rows = await benchQueue(server.handle, small);
  for (const { name, value, ratio } of rows) {
    expect(value, name).toBeGreaterThan(0);
    expect(ratio, name).toBeGreaterThan(0);
  }
  if (process.env.WISECRACK_BENCH) console.table(rows);
  const redis = server.connect();
  expect(await redis.dbsize()).toBe(0);
  redis.disconnect();
});
