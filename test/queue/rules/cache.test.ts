import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keysOf } from '../../../queue/keys.ts';
import { SettingsCache } from '../../../queue/rules/cache.ts';
import { until } from '../fixtures/messages.ts';
import { Server } from '../fixtures/server.ts';

let server: Server;
let cache: SettingsCache;
const keys = keysOf(randomUUID());

beforeEach(async () => {
  server = await Server.start();
  cache = new SettingsCache({ connect: () => server.connect(), keys, onError: () => {} });
});
afterEach(async () => {
  cache.close();
  await server.stop();
});

/** Nothing is remembered before changes are heard. */
const remember = () =>
  until(() => {
    cache.set(cache.begin(), 'all', { persona: 'wit' });
    return cache.get('all') !== undefined;
  });

test('what was on its way while something changed is not remembered', async () => {
  await remember();
  const begun = cache.begin();
  cache.forget('all');
  cache.set(begun, 'all', { persona: 'old' });
  expect(cache.get('all')).toBeUndefined();
  cache.set(cache.begin(), 'all', { persona: 'new' });
  expect(cache.get('all')).toEqual({ persona: 'new' });
});

test('nothing is remembered while changes cannot be heard', async () => {
  await remember();
  await server.kill();
  await until(() => cache.get('all') === undefined);
  cache.set(cache.begin(), 'all', { persona: 'wit' });
  expect(cache.get('all')).toBeUndefined();
  await server.start();
  await remember();
  const redis = server.connect();
  await redis.publish(keys.changes, 'all');
  redis.disconnect();
  await until(() => cache.get('all') === undefined);
});

test('a cache that is closed remembers nothing', async () => {
  await remember();
  cache.close();
  expect(cache.get('all')).toBeUndefined();
});
