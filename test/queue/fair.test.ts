import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { effective, openQueue, type Queue } from '../../queue/index.ts';
import { keysOf } from '../../queue/keys.ts';
import { prefix, queue, server, useQueue } from './fixtures/each.ts';
import { message, until } from './fixtures/messages.ts';

useQueue();

let next = 0;
beforeEach(() => {
  next = 0;
});

/** Asks in a server; ids are in the order of asking. */
async function ask(tenant: string, from: Queue = queue): Promise<string> {
  const { turn, job } = message(`${tenant}-${next++}`);
  const { jobId } = await from.submit(turn, { ...job, user: 'test:somebody', server: `test:${tenant}` });
  return jobId;
}

const tenantOf = (jobId: string) => jobId.slice('test:'.length).split('-')[0];

/** A worker that makes one reply at a time, and ends each only when it is told. */
async function takeByHand(of: Queue) {
  const begun: string[] = [];
  let end: (() => void) | undefined;
  const worker = of.startWorker({
    handle: async (job) => {
      begun.push(job.id);
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return { finish: 'stop', text: 'so' };
    },
  });
  await worker.ready();
  return {
    begun,
    /** Ends the reply in the making, and waits until so many have begun. */
    async take(count: number) {
      await until(() => end !== undefined);
      end?.();
      end = undefined;
      await until(() => begun.length >= count && end !== undefined);
    },
    async close() {
      const closed = worker.close({ handBackAfterMs: 0 });
      end?.();
      await closed;
    },
  };
}

describe('a lone question', () => {
  test('overtakes the flood of another server, and is told its place', async () => {
    const flood: string[] = [];
    for (let at = 0; at < 10; at++) flood.push(await ask('busy'));
    const lone = await ask('quiet');
    expect(await queue.position(lone)).toBe(2);
    expect(await queue.position(flood[0] ?? '')).toBe(1);
    expect(await queue.position(flood[1] ?? '')).toBe(3);
    expect(await queue.position(flood[9] ?? '')).toBe(11);
    expect(await queue.counts()).toEqual({ waiting: 11, active: 0, delayed: 0 });
  });

  test('of a person outside of servers overtakes it, too', async () => {
    for (let at = 0; at < 5; at++) await ask('busy');
    const { turn, job } = message('direct');
    await queue.submit(turn, { ...job, user: 'test:ann' });
    expect(await queue.position('test:direct')).toBe(2);
  });

  test('waits no longer because its server has had many answers before', async () => {
    const hand = await takeByHand(queue);
    for (let at = 0; at < 8; at++) {
      await ask('old');
      if (at === 0) await until(() => hand.begun.length === 1);
      else await hand.take(at + 1);
    }
    for (let at = 0; at < 5; at++) await ask('new');
    // One in the making; those of the other server come before it twice at most.
    expect(await queue.position(await ask('old'))).toBeLessThanOrEqual(3);
    await hand.close();
  });
});

type Step = { ask: number } | 'take';
const steps = fc.array(
  fc.oneof(
    // Two flood, one asks now and then.
    { weight: 6, arbitrary: fc.constantFrom<Step>({ ask: 0 }, { ask: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ ask: 2 }, { ask: 3 }) },
    { weight: 4, arbitrary: fc.constant<Step>('take') },
  ),
  { minLength: 10, maxLength: 60 },
);

test('whoever floods, at most two of each other server for each of its own come before a question, and each comes in order', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.uuid(), async (course, own) => {
      const its = openQueue({ redis: server.handle, prefix: own });
      const hand = await takeByHand(its);
      /** How many had begun, and how many of its own waited, when it was asked. */
      const asked = new Map<string, { begun: number; before: number }>();
      const waiting = () => [...asked.keys()].filter((id) => !hand.begun.includes(id));
      const take = async () => {
        const first = waiting();
        if (first.length === 0) return;
        const places = await Promise.all(first.map((id) => its.position(id)));
        // The places are those in which they are taken: each one once, and the first is the next.
        expect(places.toSorted((a, b) => a - b)).toEqual(first.map((_, at) => at + 1));
        await hand.take(hand.begun.length + 1);
        expect(hand.begun.at(-1)).toBe(first[places.indexOf(1)]);
      };
      try {
        for (const step of course) {
          if (step === 'take') {
            await take();
            continue;
          }
          const tenant = `s${step.ask}`;
          const before = waiting().filter((id) => tenantOf(id) === tenant).length;
          const begun = hand.begun.length;
          asked.set(await ask(tenant, its), { begun, before });
          if (begun === 0) await until(() => hand.begun.length === 1);
        }
        while (waiting().length > 0) await take();
      } finally {
        await hand.close();
        await its.close();
      }
      for (const [id, { begun, before }] of asked) {
        const others = hand.begun.slice(begun, hand.begun.indexOf(id)).filter((it) => tenantOf(it) !== tenantOf(id));
        for (const other of new Set(others.map(tenantOf))) {
          expect(others.filter((it) => tenantOf(it) === other).length).toBeLessThanOrEqual(before + 2);
        }
      }
      for (const tenant of ['s0', 's1', 's2', 's3']) {
        const theirs = (ids: string[]) => ids.filter((id) => tenantOf(id) === tenant);
        expect(theirs(hand.begun)).toEqual(theirs([...asked.keys()]));
      }
    }),
    { numRuns: 15 },
  );
});

test('the same message keeps its place, and one that is tried again goes before those that came later', async () => {
  const first = await ask('busy');
  await ask('busy');
  next = 0;
  expect(await ask('busy')).toBe(first);
  expect(await queue.position(first)).toBe(1);
  let tries = 0;
  const done: string[] = [];
  const worker = queue.startWorker({
    handle: async (job) => {
      if (job.id === first && ++tries === 1) throw new Error('once');
      done.push(job.id);
      return { finish: 'stop', text: 'so' };
    },
  });
  await until(() => done.length === 2);
  expect(tries).toBe(2);
  await worker.close();
});

test('tags begin again when most are used and nothing waits', async () => {
  const redis = server.connect();
  const keys = keysOf(prefix);
  await redis.set(keys.clock, 2_000_000);
  await redis.zadd(keys.tenants, 2_097_151, 'test:busy');
  await ask('busy');
  expect(await redis.zscore(keys.tenants, 'test:busy')).toBe('2');
  // Not while something waits; then the last tag is every one's, and they come as they came.
  await redis.set(keys.clock, 2_097_151);
  const [a, b, c] = [await ask('busy'), await ask('busy'), await ask('quiet')];
  expect(await Promise.all([a, b, c].map((id) => queue.position(id)))).toEqual([2, 3, 4]);
  redis.disconnect();
});

test('a flood alone never fills the queue for others', async () => {
  const rules = { ...effective([]), userPerMinute: 1000, serverPerMinute: 1000, longestQueue: 20 };
  const take = (tenant: string) =>
    queue.limits.take({ job: `test:${tenant}-${next}`, user: 'test:u', server: `test:${tenant}`, rules });
  for (;;) {
    const taken = await take('busy');
    if (taken !== 'ok') {
      expect(taken.refused).toBe('queue-full');
      break;
    }
    await ask('busy');
  }
  expect((await queue.counts()).waiting).toBeLessThan(20);
  expect((await queue.counts()).waiting).toBeGreaterThanOrEqual(18);
  expect(await take('quiet')).toBe('ok');
});
