import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchAdmin } from '../../admin/bench/index.ts';
import { PersonaStore } from '../../personas/index.ts';
import { packageRoot } from '../../root.ts';
import { Server } from '../queue/fixtures/server.ts';

test('the benchmark measures the fan-out beside a bare server, and leaves nothing in Redis', async () => {
  const server = await Server.start();
  try {
    const personas = await PersonaStore.open(join(packageRoot(), 'personas'));
    const notices: string[] = [];
    const notice = (text: string) => notices.push(text);
    const openBrowser = async () => undefined;
    const rows = await benchAdmin({ redis: server.handle, personas, viewers: 20, pieces: 5, notice, openBrowser });
    // What is not measured is said.
    expect(notices.join()).toMatch(/no Chromium/);
    const fanOut = rows.filter(({ name }) => name.includes('20 viewers'));
    expect(fanOut.map(({ name }) => name.slice(-3))).toEqual(['p50', 'p99']);
    for (const { value, limit, ratio } of fanOut) expect(value / (limit ?? 0)).toBeCloseTo(ratio ?? -1);
    const redis = server.connect();
    expect(await redis.keys('bench-*')).toEqual([]);
    redis.disconnect();
  } finally {
    await server.stop();
  }
});
