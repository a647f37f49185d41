import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HistoryOptions, keepTurns, lowMark } from '../../../inference/context/history.ts';

const all = () => true;

/** Budget, and turns no longer than they may be. */
const chats = fc.integer({ min: 64, max: 1000 }).chain((budget) =>
  fc.record({
    options: fc.constant<HistoryOptions>({ budget }),
    turns: fc.array(fc.record({ length: fc.integer({ min: 1, max: lowMark({ budget }) }), user: fc.boolean() }), {
      maxLength: 80,
    }),
  }),
);
const keep = (turns: readonly { length: number; user: boolean }[], options: HistoryOptions) =>
  keepTurns(
    turns.length,
    (index) => turns[index]?.length ?? 0,
    (index) => turns[index]?.user ?? false,
    options,
  );

describe('keepTurns', () => {
  it('keeps all while they fit, then drops the oldest down to half at once', () => {
    expect(keepTurns(10, () => 10, all, { budget: 100 }).evicted).toEqual([]);
    const full = keepTurns(11, () => 10, all, { budget: 100 });
    expect(full).toMatchObject({ first: 7, tokens: 40 });
    expect(full.evicted).toMatchObject([
      { turns: [0, 1, 2, 3, 4, 5, 6], at: 10, reason: { code: 'history', values: { tokens: 110, room: 100 } } },
    ]);
  });

  it('never exceeds the budget, and keeps the newest turn and the newest of a person', () => {
    fc.assert(
      fc.property(chats, ({ turns, options }) => {
        const kept = keep(turns, options);
        expect(kept.tokens).toBeLessThanOrEqual(options.budget);
        expect(kept.tokens).toBe(kept.turns.reduce((sum, index) => sum + (turns[index]?.length ?? 0), 0));
        if (turns.length > 0) expect(kept.turns).toContain(turns.length - 1);
        const newestUser = turns.findLastIndex(({ user }) => user);
        if (newestUser >= 0) expect(kept.turns).toContain(newestUser);
        // Each turn is either here or was evicted once.
        const gone = kept.evicted.flatMap((eviction) => eviction.turns);
        expect([...gone, ...kept.turns].sort((a, b) => a - b)).toEqual(turns.map((_, index) => index));
      }),
    );
  });

  it('only appends until it evicts, and evicts seldom', () => {
    fc.assert(
      fc.property(chats, ({ turns, options }) => {
        let before = keep([], options);
        for (let length = 1; length <= turns.length; length++) {
          const now = keep(turns.slice(0, length), options);
          if (now.evicted.length === before.evicted.length) expect(now.turns).toEqual([...before.turns, length - 1]);
          else expect(now.evicted.length).toBe(before.evicted.length + 1);
          before = now;
        }
      }),
    );
    const many = Array.from({ length: 1000 }, () => ({ length: 80, user: true }));
    expect(keep(many, { budget: 5216 }).evicted.length).toBeLessThan(32);
  });

  it('comes to the same window when the store forgot what is before the first turn', () => {
    fc.assert(
      fc.property(chats, fc.nat(80), ({ turns, options }, at) => {
        const { first } = keep(turns.slice(0, at), options);
        const whole = keep(turns, options);
        const rest = keep(turns.slice(first), options);
        expect(rest.turns.map((index) => index + first)).toEqual(whole.turns);
      }),
      { numRuns: 500 },
    );
  });
});
