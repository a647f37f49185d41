import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Addon } from '../../../inference/engine/addon.ts';
import { benchEngine, makeInt8, makeModel, soakEngine } from '../../../inference/engine/bench/index.ts';
import {
  decodeWork,
  layerWeightBytes,
  leastSeconds,
  prefillWork,
  weightCount,
} from '../../../inference/engine/bench/roofline.ts';
import { loadAddon } from '../../../inference/engine/native/load.ts';
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
    const parts: [string, number][] = [];
    const heard: string[] = [];
    const rows = await benchEngine({
      ...{ folders: [join(GOLDEN, 'tiny-a')], device: 'cpu', threads: [1, 1] },
      onPart: (next, fraction) => parts.push([next, fraction]),
      onRow: (row) => heard.push(row.name),
    });
    // Whoever waits for it sees what is done, what comes next, and each figure.
    expect(parts[0]).toEqual(['decode, bf16, 1 thread', 0]);
    expect(parts.at(-1)).toEqual(['memory, bf16, 1 thread', 5 / 12]);
    expect(heard).toEqual(rows.slice(3).map((row) => row.name));
    const of = (name: string) => `${name}, bf16, 1 thread`;
    // So small a model may be through with its reply before a step can be looked at.
    const cost = of('a step beside its forward pass');
    expect(rows.map((row) => row.name).filter((name) => name !== cost)).toEqual([
      ...['read bandwidth, 1 thread', 'the same of the weights, 1 thread', 'multiply-add rate, 1 thread'],
      ...['decode 1', 'decode 4', 'decode 8', 'decode 16', 'prefill 128', 'most memory'].map(of),
    ]);
    for (const row of rows) {
      // What a step costs is a difference, and as good as nothing on a busy machine.
      if (row.unit === 'ms') expect(row.value, row.name).toBeLessThan(1000);
      else expect(row.value, row.name).toBeGreaterThan(0);
      expect(row.ratio ?? 0.5, row.name).toBeGreaterThan(0);
      if (row.unit === 'tokens/s') expect(row.bar, row.name).toBeUndefined(); // a toy is not judged
    }
  }, 120_000);

  it('measures what another process on one core leaves of the speed', async () => {
    const [row] = await benchEngine({ folders: [join(GOLDEN, 'tiny-a')], device: 'cpu', threads: [2], only: ['busy'] });
    expect(row?.name).toBe('decode 4 while one core is busy, bf16, 2 threads');
    expect(row?.value).toBeGreaterThan(0);
    expect(row?.ratio).toBeCloseTo((row?.value ?? 0) / (row?.limit ?? 0));
  }, 30_000);

  it('measures chats that share a persona, in bf16 and in int8', async () => {
    const [bf16, int8] = [join(folder, 'model'), join(folder, 'int8')];
    await makeModel(bf16, { ...small, sequenceLen: 4096 }, () => {});
    await makeInt8(int8, bf16, () => {});
    const rows = await benchEngine({ folders: [bf16, int8], device: 'cpu', threads: [1], only: ['chats'] });
    expect(rows.map(({ name }) => name)).toEqual(
      ['bf16', 'int8'].flatMap((dtype) => [
        `first token after 40 tokens in a chat of 2000, ${dtype}, 1 thread`,
        `tokens of 16 such chats from the prefix cache, ${dtype}, 1 thread`,
      ]),
    );
    for (const row of rows) if (row.unit === '%') expect(row).toMatchObject({ holds: true, bar: 0.95 });
  }, 60_000);

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

describe.skipIf(!ADDON)(`requests that come and go${ADDON ? '' : ' (SKIPPED: the native engine is not built)'}`, () => {
  const SOAK = { folder: join(GOLDEN, 'tiny-a'), seconds: 2, threads: 1, kinds: 48 };

  it('get the replies that they get alone, and leave nothing behind', async () => {
    const rows = await soakEngine(SOAK);
    const value = (name: string) => rows.find((row) => row.name === name)?.value;
    expect(value('replies')).toBeGreaterThan(100);
    expect(value('cancelled')).toBeGreaterThan(10);
    expect(value('times that a request gave way')).toBeGreaterThan(0);
    expect(value('prompt tokens from the prefix cache')).toBeGreaterThan(0);
    const { name: _, ...left } = rows.find(({ name }) => name === 'requests and blocks left behind') ?? { name: '' };
    expect(left).toEqual({ value: 0, unit: '', required: 'none', holds: true });
    expect(rows.find(({ name }) => name === 'replies other than alone')).toMatchObject({ value: 0, holds: true });
    expect(rows.find(({ unit }) => unit === 'steps')).toMatchObject({ holds: true });
  }, 60_000);

  it('are noticed when one token is another', async () => {
    const addon = loadAddon();
    let opened = 0;
    // The model that runs them together; the first one runs each alone.
    const forged: Addon = {
      ...addon,
      open: (folder, options, onStep) => {
        const forge = opened++ > 0;
        return addon.open(folder, options, (events) => {
          if (forge && events.length > 5 && events[3]) events[3].token ^= 1;
          onStep(events);
        });
      },
    };
    const rows = await soakEngine({ ...SOAK, seconds: 0.5, addon: forged });
    expect(rows.find(({ name }) => name === 'replies other than alone')).toMatchObject({ holds: false });
  }, 60_000);
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
  });

  it('reads int8 at half the bytes, but for the logits', () => {
    const logits = 2 * grok.vocabSize * grok.embSize;
    const [bf16, int8] = [2, 1].map((bytes) => decodeWork(grok, 1, 64 * 2, bytes).bytes - logits);
    expect(int8).toBe((bf16 ?? 0) / 2);
    const all = logits + 1.001 * (weightCount(grok) - logits / 2);
    expect(layerWeightBytes(grok, all)).toBeCloseTo(1.001, 6);
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
