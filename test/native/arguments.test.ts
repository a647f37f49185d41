import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NativeModel, OpenOptions } from '../../inference/engine/addon.ts';
import { requestOf } from '../../inference/engine/bench/requests.ts';
import { loadAddon } from '../../inference/engine/native/load.ts';
import { ADDON, GOLDEN } from '../inference/engine/golden.ts';

/** Whatever JavaScript has: also what looks nearly right. */
const anything = fc.oneof(
  fc.anything({
    withBigInt: true,
    withDate: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
  }),
  fc.double(),
  fc.int32Array({ maxLength: 20 }),
  fc.int32Array({ min: -5, max: 600, maxLength: 20 }),
  fc.constantFrom(
    Symbol('s'),
    () => 5,
    new Proxy({}, {}),
    new Int32Array(new SharedArrayBuffer(8)),
    'low',
    '5',
    -0,
    2 ** 53,
  ),
);

/** A correct value with one part of it replaced. */
function spoilt<T extends object>(right: T): fc.Arbitrary<unknown> {
  return fc.tuple(fc.constantFrom(...Object.keys(right)), anything).map(([key, value]) => ({ ...right, [key]: value }));
}

describe.skipIf(!ADDON)(`arguments from JavaScript${ADDON ? '' : ' (SKIPPED: the native engine is not built)'}`, () => {
  const folder = join(GOLDEN, 'tiny-a');
  const options: OpenOptions = { activations: 'bf16', threads: 1, maxSequences: 1, context: 0 };
  let model: NativeModel;

  beforeAll(async () => {
    model = await loadAddon().open(folder, options, () => {});
  });
  afterAll(() => model.close());

  /** Throws a TypeError or a RangeError, or takes the argument. */
  function isRefusedOrTaken(call: () => unknown): void {
    try {
      const taken = call();
      if (typeof taken === 'number') model.cancel(taken);
      if (taken instanceof Promise) taken.catch(() => {});
    } catch (error) {
      expect(error).toSatisfy((e) => e instanceof TypeError || e instanceof RangeError);
    }
  }

  it('are taken, or refused with a TypeError or a RangeError, whatever they are', () => {
    const request = requestOf([5, 6, 7], 3, 1);
    const requests = fc.oneof(
      anything,
      spoilt(request),
      spoilt(request.sampling).map((sampling) => ({ ...request, sampling })),
      spoilt({ ...request, bannedPhrases: ['a'], topLogprobs: 1, priority: 'low' }),
    );
    const check = (given: fc.Arbitrary<unknown>, numRuns: number, call: (value: never) => unknown) =>
      fc.assert(
        fc.property(given, (value) => isRefusedOrTaken(() => call(value as never))),
        { numRuns },
      );
    check(requests, 1500, (value) => model.generate(value));
    check(anything, 300, (value) => model.cancel(value));
    check(anything, 200, (value) => model.trace(value, 0));
    check(anything, 200, (value) => model.trace(Int32Array.of(5), value));
    const types = fc.oneof(fc.string(), fc.boolean(), fc.constantFrom(null, undefined, {}, -1, 1e9, 0.5, Number.NaN));
    check(types, 100, (value) => loadAddon().measure(value));
  });

  it('that open a model are refused in the promise', async () => {
    const pieces = { bytes: new Uint8Array(3), ends: Uint32Array.of(1, 3) };
    const wrong = fc.oneof(
      anything,
      spoilt({ ...options, pieces }),
      spoilt(pieces).map((p) => ({ ...options, pieces: p })),
    );
    await fc.assert(
      fc.asyncProperty(wrong, async (value) => {
        const opening = loadAddon().open(join(folder, 'nowhere'), value as OpenOptions, () => {});
        await expect(opening).rejects.toSatisfy(
          (e) => e instanceof TypeError || e instanceof RangeError || e.code === 'WISECRACK_MODEL_NOT_FOUND',
        );
      }),
      { numRuns: 200 },
    );
  });
});
