import fc from 'fast-check';
import { expect, it } from 'vitest';
import { budgetsFor } from '../../../inference/context/index.ts';

it('is what the design says for Grok-1', () => {
  expect(budgetsFor(8192)).toEqual({ static: 2048, summary: 384, history: 5216, reply: 512, slack: 32 });
});

it('leaves the pocket model a reply that says something', () => {
  expect(budgetsFor(1024)).toEqual({ static: 256, summary: 48, history: 620, reply: 96, slack: 4 });
});

it('takes a longer reply out of the history, up to a quarter of the context', () => {
  expect(budgetsFor(8192, 1024)).toMatchObject({ reply: 1024, history: 4704 });
  expect(budgetsFor(1024, 2048)).toMatchObject({ reply: 256, history: 460 });
});

it('adds up for every context', () => {
  const arguments_ = [fc.integer({ min: 1024, max: 1 << 20 }), fc.option(fc.nat(5000), { nil: undefined })] as const;
  fc.assert(
    fc.property(...arguments_, (context, reply) => {
      const budgets = budgetsFor(context, reply);
      expect(Object.values(budgets).reduce((sum, part) => sum + part)).toBe(context);
      expect(budgets.reply).toBeGreaterThanOrEqual(96);
      expect(budgets.history).toBeGreaterThan(context / 3);
    }),
  );
});

it.each([0, 512, 1023, 1024.5, Number.NaN])('refuses a context of %d', (context) => {
  expect(() => budgetsFor(context)).toThrowError(expect.objectContaining({ code: 'WISECRACK_WINDOW_TOO_SMALL' }));
});
