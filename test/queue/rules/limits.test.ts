import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effective, openQueue, type Queue, type Rules, type Taken } from '../../../queue/index.ts';
import { prefix, queue, server, useQueue } from '../fixtures/each.ts';
import { message } from '../fixtures/messages.ts';
import { Server } from '../fixtures/server.ts';

useQueue();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Noon on some day. */
const NOON = 20_000 * DAY + DAY / 2;
const wide: Rules = { ...effective([]), userPerMinute: 1000, serverPerMinute: 1000, longestQueue: 1000 };
const job = () => `test:${randomUUID()}`;
const take = (ask: Partial<Parameters<Queue['limits']['take']>[0]>, rules: Partial<Rules> = {}) =>
  queue.limits.take({ job: job(), user: 'test:ann', rules: { ...wide, ...rules }, ...ask });
const many = (count: number, one: (at: number) => Promise<Taken>) =>
  Promise.all(Array.from({ length: count }, (_, at) => one(at)));
const passed = (taken: Taken[]) => taken.filter((it) => it === 'ok').length;
const why = (taken: Taken) => (taken === 'ok' ? taken : taken.refused);

describe('of 50 who come at the same time', () => {
  test('no more of one user get through than the minute allows', async () => {
    const taken = await many(50, () => take({}, { userPerMinute: 6 }));
    expect(passed(taken)).toBe(6);
    expect(taken.filter((it) => it !== 'ok').map(why)).toEqual(Array(44).fill('user-rate'));
    expect(await take({ user: 'test:bob' }, { userPerMinute: 6 })).toBe('ok');
  });

  test('no more in one server get through than the minute allows, whoever they are', async () => {
    const taken = await many(50, (at) => take({ user: `test:${at}`, server: 'test:home' }, { serverPerMinute: 20 }));
    expect(passed(taken)).toBe(20);
    expect(new Set(taken.map(why))).toEqual(new Set(['ok', 'server-rate']));
    expect(await take({ server: 'test:other' }, { serverPerMinute: 20 })).toBe('ok');
    // A direct message is in no server.
    expect(await take({}, { serverPerMinute: 1 })).toBe('ok');
    expect(await take({}, { serverPerMinute: 1 })).toBe('ok');
  });

  test('no more get through than may wait, though none is in the queue yet', async () => {
    const taken = await many(50, (at) => take({ user: `test:${at}` }, { longestQueue: 10 }));
    expect(passed(taken)).toBe(10);
    expect(new Set(taken.map(why))).toEqual(new Set(['ok', 'queue-full']));
  });

  test('from two processes, no more get through either', async () => {
    const other = openQueue({ redis: server.handle, prefix });
    const rules = { ...wide, userPerMinute: 6 };
    const taken = await many(50, (at) =>
      (at % 2 === 0 ? queue : other).limits.take({ job: job(), user: 'test:ann', rules }),
    );
    expect(passed(taken)).toBe(6);
    await other.close();
  });
});

describe('the same message', () => {
  test('counts once, however often and at whatever time it comes', async () => {
    const again = job();
    expect(passed(await many(20, () => take({ job: again }, { userPerMinute: 2 })))).toBe(20);
    expect(await take({}, { userPerMinute: 2 })).toBe('ok');
    expect(why(await take({}, { userPerMinute: 2 }))).toBe('user-rate');
    expect(await take({ job: again }, { userPerMinute: 2 })).toBe('ok');
  });

  test('that was refused is looked at anew', async () => {
    const again = job();
    expect(await take({ now: NOON }, { userPerMinute: 1 })).toBe('ok');
    expect(why(await take({ job: again, now: NOON + 1 }, { userPerMinute: 1 }))).toBe('user-rate');
    expect(await take({ job: again, now: NOON + MINUTE }, { userPerMinute: 1 })).toBe('ok');
  });
});

describe('rates', () => {
  test('tell how long to wait, and hold to it', async () => {
    for (const [at, now] of [NOON, NOON + 10_000, NOON + 20_000].entries()) {
      expect(await take({ now }, { userPerMinute: 3 }), String(at)).toBe('ok');
    }
    const rules = { userPerMinute: 3 };
    expect(await take({ now: NOON + 30_000 }, rules)).toEqual({ refused: 'user-rate', retryAfterMs: 30_000 });
    expect(await take({ now: NOON + MINUTE - 1 }, rules)).toEqual({ refused: 'user-rate', retryAfterMs: 1 });
    expect(await take({ now: NOON + MINUTE }, rules)).toBe('ok');
    expect(await take({ now: NOON + MINUTE }, rules)).toEqual({ refused: 'user-rate', retryAfterMs: 10_000 });
    // Lowered meanwhile: two have to grow old.
    expect(await take({ now: NOON + MINUTE }, { userPerMinute: 2 })).toEqual({
      refused: 'user-rate',
      retryAfterMs: 20_000,
    });
  });

  test('hold in every minute, wherever it begins', async () => {
    const gaps = fc.array(fc.nat(20_000), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(gaps, fc.integer({ min: 1, max: 5 }), async (waits, userPerMinute) => {
        const user = `test:${randomUUID()}`;
        const times: number[] = [];
        let now = NOON;
        for (const wait of waits) {
          now += wait;
          const taken = await take({ user, now }, { userPerMinute });
          const within = times.filter((time) => time > now - MINUTE).length;
          expect(taken === 'ok').toBe(within < userPerMinute);
          if (taken === 'ok') times.push(now);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('by the clock of Redis, when no time is given', async () => {
    expect(await take({}, { userPerMinute: 1 })).toBe('ok');
    const refused = await take({}, { userPerMinute: 1 });
    expect(refused).toMatchObject({ refused: 'user-rate' });
    const { retryAfterMs } = refused as Exclude<Taken, 'ok'>;
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(MINUTE);
  });
});

describe('quotas', () => {
  const spend = (tokens: number, now: number, more: { user?: string; server?: string; job?: string } = {}) =>
    queue.limits.spend({ job: job(), user: 'test:ann', tokens, now, ...more });

  test('end with the tokens of the day, and begin anew at midnight UTC', async () => {
    const rules = { userTokensPerDay: 100 };
    await spend(99, NOON);
    expect(await take({ now: NOON }, rules)).toBe('ok');
    await spend(1, NOON);
    expect(await take({ now: NOON }, rules)).toEqual({ refused: 'user-quota', retryAfterMs: DAY / 2 });
    expect(await take({ now: NOON + DAY / 2 - 1 }, rules)).toEqual({ refused: 'user-quota', retryAfterMs: 1 });
    expect(await take({ now: NOON + DAY / 2 }, rules)).toBe('ok');
    // The new day counts from nothing.
    await spend(60, NOON + DAY);
    expect(await take({ now: NOON + DAY }, rules)).toBe('ok');
  });

  test('of a server count what all of its users spend there', async () => {
    const rules = { serverTokensPerDay: 100 };
    await spend(60, NOON, { user: 'test:bob', server: 'test:home' });
    await spend(60, NOON, { user: 'test:cy', server: 'test:home' });
    expect(why(await take({ now: NOON, server: 'test:home' }, rules))).toBe('server-quota');
    expect(await take({ now: NOON, server: 'test:other' }, rules)).toBe('ok');
    expect(await take({ now: NOON }, rules)).toBe('ok');
  });

  test('of nothing let nobody through; no quota lets all through', async () => {
    expect(why(await take({ now: NOON }, { userTokensPerDay: 0 }))).toBe('user-quota');
    expect(why(await take({ now: NOON, server: 'test:home' }, { serverTokensPerDay: 0 }))).toBe('server-quota');
    await spend(1e9, NOON);
    expect(await take({ now: NOON })).toBe('ok');
  });

  test('count the tokens of one reply once, however often they are told', async () => {
    const same = job();
    const told = await Promise.all(Array.from({ length: 20 }, () => spend(10, NOON, { job: same })));
    expect(told.filter((counted) => counted)).toHaveLength(1);
    expect(await take({ now: NOON }, { userTokensPerDay: 11 })).toBe('ok');
    expect(why(await take({ now: NOON }, { userTokensPerDay: 10 }))).toBe('user-quota');
  });

  test('of all replies that end at the same time are counted', async () => {
    await Promise.all(Array.from({ length: 50 }, () => spend(2, NOON)));
    expect(await take({ now: NOON }, { userTokensPerDay: 101 })).toBe('ok');
    expect(why(await take({ now: NOON }, { userTokensPerDay: 100 }))).toBe('user-quota');
  });
});

describe('the queue', () => {
  const submit = async (id: string) => {
    const { turn, job } = message(id);
    await queue.submit(turn, job);
  };

  test('is full when as many wait as may, and a message in it counts once', async () => {
    for (const id of ['a', 'b', 'c']) {
      expect(await take({ job: `test:${id}` }, { longestQueue: 3 })).toBe('ok');
      await submit(id);
    }
    const full = await take({}, { longestQueue: 3 });
    expect(full).toEqual({ refused: 'queue-full', retryAfterMs: 10_000 });
    expect(await take({}, { longestQueue: 4 })).toBe('ok');
    await queue.cancel('test:a');
    expect(await take({}, { longestQueue: 4 })).toBe('ok');
    expect(why(await take({}, { longestQueue: 4 }))).toBe('queue-full');
  });

  test('has room again when a bot has died before it submitted', async () => {
    expect(await take({ now: NOON }, { longestQueue: 1 })).toBe('ok');
    expect(why(await take({ now: NOON + 29_000 }, { longestQueue: 1 }))).toBe('queue-full');
    expect(await take({ now: NOON + 30_000 }, { longestQueue: 1 })).toBe('ok');
  });
});

describe('a refund', () => {
  test('gives back once what a job took that never ran', async () => {
    const rules = { userPerMinute: 1, serverPerMinute: 1, longestQueue: 1 };
    const payer = { job: job(), user: 'test:ann', server: 'test:home' };
    expect(await take(payer, rules)).toBe('ok');
    expect(why(await take({ server: 'test:home' }, rules))).toBe('user-rate');
    const refunds = await Promise.all(Array.from({ length: 10 }, () => queue.limits.refund(payer)));
    expect(refunds.filter((given) => given)).toHaveLength(1);
    expect(await take({ server: 'test:home' }, rules)).toBe('ok');
  });

  test('gives back nothing for a reply that was made', async () => {
    const payer = { job: job(), user: 'test:ann' };
    await take(payer, { userPerMinute: 1 });
    await queue.limits.spend({ ...payer, tokens: 5 });
    expect(await queue.limits.refund(payer)).toBe(false);
    expect(why(await take({}, { userPerMinute: 1 }))).toBe('user-rate');
    expect(await queue.limits.refund({ job: job(), user: 'test:ann' })).toBe(false);
  });
});

test('limits outlive a restart of Redis', async () => {
  const own = await Server.start();
  const here = openQueue({ redis: own.handle, prefix });
  const [rules, now] = [{ ...wide, userPerMinute: 2, userTokensPerDay: 10 }, NOON];
  const payer = { job: job(), user: 'test:ann' };
  expect(await here.limits.take({ ...payer, rules, now })).toBe('ok');
  expect(await here.limits.take({ job: job(), user: 'test:ann', rules, now })).toBe('ok');
  await here.limits.spend({ job: job(), user: 'test:bob', tokens: 10, now });
  await own.kill();
  await own.start();
  expect(why(await here.limits.take({ job: job(), user: 'test:ann', rules, now }))).toBe('user-rate');
  expect(await here.limits.take({ ...payer, rules, now })).toBe('ok');
  expect(why(await here.limits.take({ job: job(), user: 'test:bob', rules, now }))).toBe('user-quota');
  await here.close();
  await own.stop();
});

test('nothing of it stays for ever', async () => {
  await take({ server: 'test:home' });
  await queue.limits.spend({ job: job(), user: 'test:ann', server: 'test:home', tokens: 1 });
  const redis = server.connect();
  const keys = await redis.keys(`${prefix}:limit:*`);
  expect(keys.length).toBeGreaterThanOrEqual(6);
  for (const key of keys) expect(await redis.pttl(key), key).toBeGreaterThan(0);
  redis.disconnect();
});
