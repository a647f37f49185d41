import { afterEach, expect, test } from 'vitest';
import { startSampler } from '../../admin/server/live/sampler.ts';
import { openQueue } from '../../queue/index.ts';
import { until } from '../queue/fixtures/messages.ts';
import { Server } from '../queue/fixtures/server.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

test('what samples for long leaves nothing behind on the signal that ends it', async () => {
  const warnings: string[] = [];
  const hear = ({ name }: Error) => warnings.push(name);
  process.on('warning', hear);
  closing.push(() => process.off('warning', hear));
  const server = await Server.start();
  closing.push(() => server.stop());
  const queue = openQueue({ redis: server.handle, prefix: 'test' });
  closing.push(() => queue.close());
  const { counts } = queue;
  let samples = 0;
  const counted = { ...queue, counts: () => counts().finally(() => samples++) };
  const sampler = startSampler(counted, (error) => warnings.push(String(error)), 1);
  // Node warns of the eleventh listener.
  await until(() => samples > 15);
  await sampler.close();
  expect(warnings).toEqual([]);
});
