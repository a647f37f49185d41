import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterEach, expect, test } from 'vitest';
import { openSavedPersonas } from '../../../queue/admin/saved-personas.ts';
import { keysOf } from '../../../queue/keys.ts';
import { loadScripts } from '../../../queue/scripts.ts';
import { prefix, server, useQueue } from '../fixtures/each.ts';

useQueue();

let redis: Redis;
afterEach(() => redis.disconnect());

/** Ten bytes for one file, 25 for all. */
function open() {
  redis = server.connect();
  return openSavedPersonas({ redis, run: loadScripts(redis), keys: keysOf(prefix) }, { file: 10, all: 25 });
}

test('what lies beside a persona is kept byte for byte, until the next save', async () => {
  const saved = open();
  const bytes = Buffer.concat([Buffer.from([0, 0xff, 0x0d, 0x0a]), randomBytes(6)]);
  expect(await saved.put('ada', 'name: Ada', [{ name: 'ada.png', bytes }])).toEqual([]);
  expect(await saved.file('ada', 'ada.png')).toEqual(bytes);
  expect((await saved.read())?.personas).toEqual([{ id: 'ada', stamp: 1, yaml: 'name: Ada', beside: ['ada.png'] }]);
  await saved.put('ada', 'name: "Ada\\n二"');
  expect(await saved.file('ada', 'ada.png')).toBeUndefined();
  expect((await saved.read(1))?.personas).toEqual([{ id: 'ada', stamp: 2, yaml: 'name: "Ada\\n二"', beside: [] }]);
  expect(await saved.read(2)).toBeUndefined();
});

test('a file that is too large, or for which there is no room, is left out and named', async () => {
  const saved = open();
  const of = (length: number, name = 'x.png') => [{ name, bytes: randomBytes(length) }];
  expect(await saved.put('ada', 'a', [...of(11, 'large.png'), ...of(10)])).toEqual(['large.png']);
  expect(await saved.put('bob', 'b', of(10))).toEqual([]);
  expect(await saved.put('cy', 'c', of(6))).toEqual(['x.png']);
  // A save replaces its own file, and so does not count it twice; a deletion makes room.
  expect(await saved.put('ada', 'a', of(10))).toEqual([]);
  await saved.put('bob', null);
  expect(await saved.put('cy', 'c', of(6))).toEqual([]);
  const { personas = [] } = (await saved.read()) ?? {};
  expect(personas.map(({ id, beside }) => [id, beside])).toEqual([
    ['ada', ['x.png']],
    ['bob', []],
    ['cy', ['x.png']],
  ]);
});
