import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Channel, type Lane, type Turned } from '../../../../bots/chat/delivery/channel.ts';
import {
  afterLimit,
  afterRequest,
  defaultPace,
  dueAt,
  firstAt,
  freshBudget,
  hasSentence,
  type Kind,
  retryAfter,
} from '../../../../bots/chat/delivery/pace.ts';
import { until } from '../../../queue/fixtures/messages.ts';

const pace = defaultPace;

/** A channel that is asked at odd times and answers at odd times, in a clock of its own. */
const moves = fc.array(
  fc.record({
    kind: fc.constantFrom<Kind>('frame', 'must'),
    /** How much later than it might the request is made. */
    late: fc.oneof(fc.constant(0), fc.nat(5000)),
    takes: fc.nat(2000),
    limited: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, fc.nat(10_000)),
    random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  }),
  { maxLength: 60 },
);

test('no request in a cool-off, frames at least a gap after whatever came before, and never 6 requests in 5 s', () => {
  fc.assert(
    fc.property(moves, (all) => {
      let budget = freshBudget(pace);
      let now = 10_000;
      let silentUntil = 0;
      let answeredAt = Number.NEGATIVE_INFINITY;
      const arrivals: number[] = [];
      for (const { kind, late, takes, limited, random } of all) {
        now = Math.max(now, dueAt(budget, kind)) + late;
        expect(now).toBeGreaterThanOrEqual(silentUntil);
        if (kind === 'frame') expect(now - answeredAt).toBeGreaterThanOrEqual(1200);
        arrivals.push(now);
        expect(arrivals.filter((at) => at > now - 5000).length).toBeLessThanOrEqual(5);
        now += takes;
        if (limited === undefined) {
          answeredAt = now;
          budget = afterRequest(budget, now, pace);
        } else {
          silentUntil = now + limited;
          budget = afterLimit(budget, now, limited, pace, random);
        }
        expect(budget.gapMs).toBeGreaterThanOrEqual(pace.gapMs);
        expect(budget.gapMs).toBeLessThanOrEqual(pace.longestGapMs);
      }
    }),
  );
});

test('the gap grows with each 429 and comes back slowly', () => {
  const once = afterLimit(freshBudget(pace), 0, 1000, pace, 0);
  expect(once.gapMs).toBeCloseTo(pace.gapMs * 1.5);
  expect(afterLimit(once, 0, 1000, pace, 0).gapMs).toBeGreaterThan(once.gapMs);
  let budget = once;
  for (let at = 0; at < 20; at++) budget = afterRequest(budget, 0, pace);
  expect(budget.gapMs).toBeGreaterThan(pace.gapMs * 1.2);
  for (let at = 0; at < 200; at++) budget = afterRequest(budget, 0, pace);
  expect(budget.gapMs).toBeCloseTo(pace.gapMs, 0);
});

test('the first text is due with its first sentence, or when it has been there for a second', () => {
  for (const text of ['Hi. ', 'Really?! Yes', 'Line\n', '你好。', '“Quoted.” And', '**Bold!** x']) {
    expect([text, hasSentence(text)]).toEqual([text, true]);
    expect(firstAt(text, 500, pace)).toBe(0);
  }
  for (const text of ['', 'Hi', 'Hi.', '3.14', ' \n', '...']) {
    expect([text, hasSentence(text)]).toEqual([text, false]);
    expect(firstAt(text, 500, pace)).toBe(1500);
  }
});

test('tries come further apart, up to half a minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const ms = retryAfter(failures, pace, random);
      expect(ms).toBeGreaterThanOrEqual(750);
      expect(ms).toBeLessThanOrEqual(30_000);
      if (failures > 6) expect(ms).toBeGreaterThan(20_000);
    }),
  );
});

/** A lane that wants so many turns of a kind. */
function lane(name: string, kind: Kind, wants: number, log: string[], answer: () => Promise<Turned>): Lane {
  let left = wants;
  return {
    wish: () => (left > 0 ? { kind, at: 0 } : undefined),
    turn: async () => {
      left--;
      log.push(name);
      return answer();
    },
  };
}

test('turns go round; what must be goes first; a lane that throws is left out', async () => {
  const errors: unknown[] = [];
  const channel = new Channel({ ...pace, gapMs: 5 }, (error) => errors.push(error));
  const log: string[] = [];
  let flying = 0;
  const answer = async (): Promise<Turned> => {
    expect(++flying).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    flying--;
    return { type: 'requested' };
  };
  const fails = async (): Promise<Turned> => {
    throw new Error('broken');
  };
  // The first to come goes at once; the others find it in flight.
  channel.join(lane('first', 'frame', 1, log, answer));
  channel.join(lane('a', 'frame', 3, log, answer));
  channel.join(lane('b', 'frame', 3, log, answer));
  channel.join(lane('broken', 'must', 9, log, fails));
  channel.join(lane('final', 'must', 2, log, answer));
  await until(() => log.length === 10);
  expect(log.filter((name) => name !== 'broken' && name !== 'final')).toEqual(['first', 'a', 'b', 'a', 'b', 'a', 'b']);
  expect(log.filter((name) => name === 'broken')).toHaveLength(1);
  expect(log.lastIndexOf('final')).toBeLessThan(log.indexOf('b', log.indexOf('b') + 1));
  expect(errors).toEqual([new Error('broken')]);
});
