import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { benchEngine, makeModel } from '../../../inference/engine/bench/index.ts';
import { decodeWork, leastSeconds, prefillWork, weightCount } from '../../../inference/engine/bench/roofline.ts';
import { openModel } from '../../../inference/engine/native/open.ts';
import type { Shape } from '../../../inference/engine/shape.ts';
import { ADDON, GOLDEN } from './golden.ts';

const small: Shape = {
  ...{ vocabSize: 64, sequenceLen: 128, embSize: 24, wideningFactor: 2, keySize: 8 },
  ...{ numQHeads: 4, numKvHeads: 2, numLayers: 2, numExperts: 4, numSelectedExperts: 2 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wisecrack-bench-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.skipIf(!ADDON)(`the benchmark${ADDON ? '' : ' (SKIPPED: the native engine is not built)'}`, () => {
  it('measures speed beside the machine’s limits', async () => {
    const rows = await benchEngine({ folder: join(GOLDEN, 'tiny-a'), device: 'cpu', threads: 1 });
    expect(rows.map((row) => row.name)).toEqual([
      ...['read bandwidth', 'multiply-add rate', 'decode 1', 'decode 4', 'decode 8', 'decode 16', 'prefill 128'],
    ]);
    for (const row of rows) {
      expect(row.value, row.name).toBeGreaterThan(0);
      expect(row.ratio ?? 0.5, row.name).toBeGreaterThan(0);
      expect(row.bar, row.name).toBeUndefined(); // a toy is not judged
    }
  }, 120_000);

  it('makes a model that the engine opens', async () => {
    const seen: number[] = [];
    await makeModel(folder, small, (fraction) => seen.push(fraction));
    const model = await openModel({ folder, activations: 'bf16', threads: 1, maxSequences: 1, context: 0 });
    expect(model.config).toMatchObject({ vocabSize: 64, ffnSize: 32, numLayers: 2, numExperts: 4 });
    expect(model.stats().weightBytes).toBeGreaterThan(2 * weightCount(model.config));
    await model.close();
    expect(seen.at(-1)).toBeGreaterThan(0.9);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});

describe('a made model', () => {
  it('is made once', async () => {
    await makeModel(folder, small, () => {});
    const { mtimeMs } = await stat(join(folder, 'model.safetensors'));
    await makeModel(folder, small, () => {});
    expect((await stat(join(folder, 'model.safetensors'))).mtimeMs).toBe(mtimeMs);
  });

  it('leaves nothing behind that looks whole when it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    const inFile = join(folder, 'file', 'model');
    await expect(makeModel(inFile, small, () => {})).rejects.toMatchObject({ code: 'WISECRACK_MODEL_INVALID' });
    const stop = () => {
      throw new Error('enough');
    };
    await expect(makeModel(folder, small, stop)).rejects.toThrow('enough');
    expect(existsSync(join(folder, 'model.safetensors'))).toBe(false);
    expect(existsSync(join(folder, 'model.safetensors.part'))).toBe(false);
  });
});

describe('the roofline', () => {
  const grok = {
    ...{ vocabSize: 131072, embSize: 6144, numLayers: 64, numQHeads: 48, numKvHeads: 8, keySize: 128, ffnSize: 32768 },
    ...{ numExperts: 8, numSelectedExperts: 2, sequenceLen: 8192, padToken: 0, eosToken: 2 },
  };

  it('knows what Grok-1 reads and computes for a token', () => {
    expect(weightCount(grok) / 1e9).toBeCloseTo(315.68, 1);
    // 83.8 billion weights are active.
    const alone = decodeWork(grok, 1, 64 * 2, 2);
    expect(alone.bytes / 2 / 1e9).toBeCloseTo(83.755, 3);
    expect(alone.flops).toBe(alone.bytes);
  });

  it('reads an expert once, however many chose it', () => {
    const alone = decodeWork(grok, 1, 64 * 2, 2);
    const same = decodeWork(grok, 4, 64 * 2, 2);
    expect(same).toEqual({ bytes: alone.bytes, flops: 4 * alone.flops });
    expect(decodeWork(grok, 4, 64 * 8, 2).bytes / 2 / 1e9).toBeCloseTo(315.68, 1);
    expect(decodeWork(grok, 1, 64 * 2, 1).bytes).toBe(alone.bytes / 2);
  });

  it('needs logits only at the end of a prompt, 0.8 billion of the active weights', () => {
    const { flops } = prefillWork(grok, 300, 2, 2);
    expect(flops / 300 / 1e9).toBeGreaterThan(2 * 83);
    expect(flops / 300 / 1e9).toBeLessThan(2 * 86);
  });

  it('is bound by the slower of reading and computing', () => {
    expect(leastSeconds({ bytes: 10, flops: 30 }, { readBandwidth: 5, fmaRate: 10 })).toBe(3);
    expect(leastSeconds({ bytes: 20, flops: 30 }, { readBandwidth: 5, fmaRate: 10 })).toBe(4);
  });
});
