import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertModel } from '../../../inference/engine/convert.ts';
import { openModel } from '../../../inference/engine/native/open.ts';
import { roundBf16, toBf16 } from '../../../inference/engine/rehearse/bf16.ts';
import { writeCheckpoint } from '../../../inference/engine/rehearse/checkpoint.ts';
import { checkpointBytes, fileName, parametersOf } from '../../../inference/engine/rehearse/parameters.ts';
import { type Shape as Dims, parameterParts } from '../../../inference/engine/rehearse/pickle.ts';
import { type Figure, rehearse } from '../../../inference/engine/rehearse/rehearse.ts';
import { GROK_1_SHAPE, type Shape } from '../../../inference/engine/shape.ts';
import { distance } from '../../../inference/engine/verify/compare.ts';
import { ADDON, GOLDEN, temporary } from './golden.ts';

const TINY: Shape = {
  ...{ vocabSize: 130, sequenceLen: 8192, embSize: 64, keySize: 16, numQHeads: 4, numKvHeads: 2 },
  ...{ numLayers: 2, numExperts: 4, numSelectedExperts: 2, wideningFactor: 1.5 },
};

const SMALL = { threads: 1, maxSequences: 1, context: 0, activations: 'f32' } as const;
const signal = new AbortController().signal;
const skipped = ADDON ? '' : ' (SKIPPED: the native engine is not built)';

describe('pickles', () => {
  // What Python wrote, with the arrays' own bytes as they are.
  it.each<[string, number, Dims, Dims?]>([
    ['tiny-a', 0, [512, 96]],
    ['tiny-a', 1, [96]],
    ['tiny-a', 2, [8, 96, 64], [8, 1, 64]],
    ['tiny-a', 3, [8, 64, 96], [8, 8, 96]],
    ['tiny-a', 7, [96, 96], [1, 96]],
    ['tiny-a', 25, [96, 8]],
    ['tiny-c', 8, [64, 16], [1, 16]],
  ])('are those of %s/ckpt-0, file %i', async (model, index, weight, scales) => {
    const file = await readFile(join(GOLDEN, model, 'ckpt-0', fileName(index)));
    const parts: Uint8Array[] = [];
    let at = 0;
    for (const part of parameterParts(weight, scales)) {
      const length = 'array' in part ? part.bytes : part.length;
      parts.push('array' in part ? file.subarray(at, at + length) : part);
      at += length;
    }
    expect(Buffer.concat(parts).equals(file)).toBe(true);
  });
});

describe('the shape of Grok-1', () => {
  it('has as many files and bytes as the release', () => {
    const all = GROK_1_SHAPE;
    expect(parametersOf(all)).toHaveLength(770);
    expect(checkpointBytes(all) / 1e9).toBeCloseTo(318.1, 0);
  });
});

describe('bfloat16', () => {
  it('keeps what it holds, and is within half a step of the rest', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }),
        (value) => {
          const rounded = roundBf16(value);
          expect(roundBf16(rounded)).toBe(rounded);
          expect(toBf16(rounded)).toBe(toBf16(value));
          expect(Math.abs(rounded - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) / 256, 1e-40));
        },
      ),
    );
  });
});

describe.skipIf(!ADDON)(`a rehearsal${skipped}`, () => {
  it.each(['int8', 'bf16'] as const)(
    'finds the engine to compute what the reference does, converted to %s',
    async (dtype) => {
      const folder = join(await temporary(), 'rehearsal');
      const steps = new Set<string>();
      const figures: Figure[] = [];
      const onStep = (step: string) => steps.add(step);
      const onFigure = (figure: Figure) => figures.push(figure);
      expect(await rehearse({ shape: TINY, folder, dtype, device: 'cpu', signal, onStep, onFigure })).toBe(true);
      const compared = figures.filter(({ bar }) => bar !== undefined);
      expect(compared).toHaveLength(6);
      for (const { name, value, bar } of compared) {
        // float32 sums are never those of doubles to the last bit: 0 would mean that nothing was compared.
        expect(value, name).toBeGreaterThan(0);
        expect(value, name).toBeLessThanOrEqual(bar ?? 0);
      }
      expect([...steps]).toContain('Writing a checkpoint');
      expect(existsSync(folder)).toBe(false);
    },
    60_000,
  );
});

const shapes = fc.record({
  vocabSize: fc.integer({ min: 1, max: 40 }),
  sequenceLen: fc.constant(8192),
  embSize: fc.integer({ min: 1, max: 5 }).map((n) => n * 8),
  keySize: fc.integer({ min: 1, max: 5 }).map((n) => n * 2),
  numKvHeads: fc.integer({ min: 1, max: 3 }),
  numLayers: fc.integer({ min: 1, max: 12 }),
  numExperts: fc.integer({ min: 1, max: 4 }),
  wideningFactor: fc.integer({ min: 1, max: 3 }),
});

/** Any model that the format can hold. */
const models: fc.Arbitrary<Shape> = fc
  .tuple(shapes, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }))
  // Grok-1 shares the scales of a head's inputs among 8 groups.
  .map(([shape, ratio, selected]) => ({
    ...shape,
    numQHeads: shape.numKvHeads * ratio,
    numSelectedExperts: Math.min(selected, shape.numExperts),
  }))
  .filter(({ numQHeads, keySize, vocabSize }) => (numQHeads * keySize) % 8 === 0 && vocabSize > 2);

describe.skipIf(!ADDON)(`the reader of ckpt-0${skipped}`, () => {
  const logits = async (folder: string) => {
    const requests = await openModel({ folder, ...SMALL });
    try {
      return { config: requests.config, ...(await requests.model.trace(Int32Array.of(1, 2, 0), 0)) };
    } finally {
      await requests.close();
    }
  };

  it('opens a model of any shape, and conversion changes none of its logits', async () => {
    await fc.assert(
      fc.asyncProperty(models, fc.integer({ min: 1, max: 3 }), async (shape, shards) => {
        const folder = await temporary();
        const [source, target] = [join(folder, 'a'), join(folder, 'b')];
        await writeCheckpoint(source, shape, 5);
        const released = await logits(source);
        expect(released.config).toMatchObject({
          numLayers: shape.numLayers,
          numQHeads: shape.numQHeads,
          vocabSize: shape.vocabSize,
        });
        await convertModel({ source, target, dtype: 'int8', shards, threads: 2, signal, onProgress: () => {} });
        const converted = await logits(target);
        // The matrices lie the other way round, so sums are made in another order.
        expect(distance(converted.logits, released.logits).rel).toBeLessThan(1e-3);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  it('takes a checkpoint without config.json for Grok-1', async () => {
    const folder = await temporary();
    await writeCheckpoint(folder, TINY, 5);
    await rm(join(folder, 'config.json'));
    const opened = openModel({ folder, ...SMALL });
    await expect(opened).rejects.toThrow('tensor00769_000 is missing (model.layers.9.moe_block.gate.weight)');
  });

  it('names a file that is cut or changed in its frame, whichever it is', async () => {
    const folder = await temporary();
    await writeCheckpoint(folder, TINY, 5);
    const files = await readdir(join(folder, 'ckpt-0'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (name, share) => {
          const path = join(folder, 'ckpt-0', name);
          const bytes = await readFile(path);
          await truncate(path, Math.floor(bytes.length * share));
          const opened = openModel({ folder, ...SMALL });
          await expect(opened).rejects.toMatchObject({
            code: 'WISECRACK_MODEL_INVALID',
            message: expect.stringContaining(name),
          });
          await writeFile(path, bytes);
        },
      ),
      { numRuns: 60 },
    );
    await (await openModel({ folder, ...SMALL })).close();
  }, 60_000);
});
