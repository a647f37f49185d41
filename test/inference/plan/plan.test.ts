import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeWork } from '../../../inference/engine/bench/roofline.ts';
import { GROK_1 } from '../../../inference/engine/index.ts';
import {
  cardOf,
  cards,
  type Dtype,
  kvBytes,
  ofCards,
  ofMeasured,
  plan,
  sizesOf,
} from '../../../inference/plan/index.ts';
import { expertsHit, prefillFlops, stepBytes } from '../../../inference/plan/size.ts';

const GIB = 2 ** 30;
const dtypes = ['bf16', 'int8'] as const;
const boxOf = (name: string, count: number) => {
  const card = cardOf(name);
  if (!card) throw new Error(`there is no ${name}`);
  return ofCards(card, count);
};
const eight = (name: string) => boxOf(name, 8);
const ask = (name: string, dtype: Dtype, more: object = {}) =>
  plan({ shape: GROK_1, machine: eight(name), dtype, ...more });
/** As close as a figure of so many digits can say. */
const near = (value: number, digits = 3) => ({
  asymmetricMatch: (other: number) => Number(other.toPrecision(digits)) === Number(value.toPrecision(digits)),
});

describe('the size of Grok-1', () => {
  it('is that of the released model', () => {
    expect(sizesOf(GROK_1, 'bf16').model / 1e9).toEqual(near(631.4, 4));
    expect(sizesOf(GROK_1, 'bf16').model / GIB).toEqual(near(588.0, 4));
    expect(sizesOf(GROK_1, 'int8').model / 1e9).toBeCloseTo(316.7, 0);
    expect(sizesOf(GROK_1, 'int8').model / GIB).toBeCloseTo(294.9, 0);
    const { attention, expert, layer, embedding } = sizesOf(GROK_1, 'bf16');
    expect([attention / 1e6, expert / 1e9, layer / 1e9, embedding / 1e9]).toEqual([
      ...[near(176.2, 4), near(1.208, 4), near(9.84, 3), near(1.611, 4)],
    ]);
    expect(sizesOf(GROK_1, 'int8').layer / 1e9).toEqual(near(4.92));
  });

  it('is 256 KiB a token in keys and values, 2 GiB a window', () => {
    expect(kvBytes(GROK_1)).toBe(262_144);
    expect(ask('H200', 'bf16').kvChat).toBe(2 * GIB);
  });

  it('is for a step what the benchmark takes it for', () => {
    // The benchmark counts router and norms like matrices.
    for (const batch of [1, 8]) {
      const { bytes } = decodeWork(GROK_1, batch, 64 * expertsHit(GROK_1, batch), 2);
      expect(stepBytes(GROK_1, 'bf16', batch) / bytes).toBeCloseTo(1, 3);
    }
    expect(stepBytes(GROK_1, 'bf16', 1) / 1e9).toEqual(near(167.5, 4));
    expect(stepBytes(GROK_1, 'int8', 1) / 1e9).toEqual(near(84.6));
    // 165.9 for the weights, and attention.
    for (const [prompt, attention] of [
      [512, 0.4],
      [2048, 1.6],
      [8192, 6.4],
    ] as const)
      expect(prefillFlops(GROK_1, prompt) / 1e9).toBeCloseTo(165.9 + attention, 1);
  });
});

describe('what fits', () => {
  it.each([
    ['H100-80', 'bf16', 11, 16],
    ['A100-80', 'bf16', 11, 16],
    ['H200', 'bf16', 255, 255],
    ['B200', 'bf16', 415, 415],
    ['H100-80', 'int8', 158, 163],
    ['H200', 'int8', 402, 402],
    ['B200', 'int8', 562, 562],
  ] as const)('8 x %s in %s: %i to %i whole windows', (name, dtype, least, most) => {
    const { fits, holds, advice } = ask(name, dtype);
    expect(fits).toEqual([least, most]);
    expect({ holds, advice }).toEqual({ holds: true, advice: [] });
  });

  it('says what to do when it does not', () => {
    const kinds = (...args: Parameters<typeof ask>) => ask(...args).advice.map(({ kind }) => kind);
    expect(ask('H100-80', 'bf16', { chats: 12 })).toMatchObject({
      holds: false,
      advice: [
        { kind: 'fewer-chats', chats: 11 },
        { kind: 'shorter', context: 7936 },
        { kind: 'int8', fits: 158 },
        {
          kind: 'other-cards',
          dtype: 'bf16',
          names: ['8 x H200', '8 x B200', '8 x MI300X', '8 x MI325X', '8 x RTX-PRO-6000'],
        },
        { kind: 'other-cards', dtype: 'int8' },
        { kind: 'remote' },
      ],
    });
    expect(kinds('L40S', 'bf16')).toEqual(['int8', 'other-cards', 'other-cards', 'remote']);
    expect(kinds('RTX-4090', 'bf16')).toEqual(['other-cards', 'other-cards', 'remote']);
    expect(kinds('RTX-4090', 'int8')).toEqual(['other-cards', 'remote']);
    expect(ask('RTX-4090', 'bf16')).toMatchObject({ speeds: [], fits: [0, 0] });
  });

  it('is never more than there is, and what is advised fits', () => {
    const questions = fc.record({
      card: fc.constantFrom(...cards),
      count: fc.constantFrom(1, 2, 4, 8, 16),
      dtype: fc.constantFrom(...dtypes),
      chats: fc.option(fc.integer({ min: 1, max: 2000 }), { nil: undefined }),
      context: fc.integer({ min: 256, max: 8192 }),
    });
    fc.assert(
      fc.property(questions, ({ card, count, dtype, chats, context }) => {
        const question = { shape: GROK_1, machine: ofCards(card, count), dtype, chats, context };
        const found = plan(question);
        if (found.fits[0] > 0)
          expect(found.weights + found.fits[0] * found.kvChat).toBeLessThanOrEqual(question.machine.memory[0]);
        for (const advice of found.advice) {
          if (advice.kind === 'fewer-chats') expect(plan({ ...question, chats: advice.chats }).holds).toBe(true);
          if (advice.kind === 'shorter') expect(plan({ ...question, context: advice.context }).holds).toBe(true);
          if (advice.kind === 'int8') expect(plan({ ...question, dtype: 'int8' }).holds).toBe(true);
          if (advice.kind !== 'other-cards') continue;
          for (const name of advice.names) {
            const other = ofCards(cardOf(name.slice(4)) ?? card, 8);
            expect(plan({ ...question, machine: other, dtype: advice.dtype }).holds).toBe(true);
          }
        }
        expect(found.holds).toBe(found.advice.length === 0);
      }),
    );
  });
});

describe('how fast', () => {
  // Batch, experts, GB a step and tokens/s of 8 H100 and 8 H200 without keys and values.
  it.each([
    [1, 2.0, 167.5, 160, 229, 84.6, 317, 454],
    [4, 5.47, 435.7, 246, 353, 218.7, 490, 702],
    [8, 7.2, 569.5, 376, 539, 285.5, 751, 1076],
    [16, 7.92, 625.2, 686, 983, 313.4, 1368, 1960],
    [32, 8.0, 631.3, 1358, 1946, 316.5, 2710, 3883],
    [64, 8.0, 631.4, 2717, 3892, 316.5, 5419, 7765],
  ])('the roofline of %i chats is the one on paper', (chats, experts, bf16, h100, h200, int8, h100Int8, h200Int8) => {
    expect(expertsHit(GROK_1, chats)).toBeCloseTo(experts, 2);
    const rate = (name: string, dtype: Dtype) => (chats * eight(name).bandwidth) / stepBytes(GROK_1, dtype, chats);
    const isWithin = (value: number, paper: number) => expect(Math.abs(value / paper - 1)).toBeLessThan(0.005);
    isWithin(stepBytes(GROK_1, 'bf16', chats) / 1e9, bf16);
    isWithin(stepBytes(GROK_1, 'int8', chats) / 1e9, int8);
    isWithin(rate('H100', 'bf16'), h100);
    isWithin(rate('H200', 'bf16'), h200);
    isWithin(rate('H100', 'int8'), h100Int8);
    isWithin(rate('H200', 'int8'), h200Int8);
  });

  it('counts the keys and values of what was said so far', () => {
    const [speed] = ask('H200', 'bf16', { chats: 1, context: 8192 }).speeds;
    expect(((speed?.bytes ?? 0) - stepBytes(GROK_1, 'bf16', 1)) / 1e9).toEqual(near(1.07));
  });

  it('expects what was reached, at most what can be', () => {
    for (const { name } of cards) {
      for (const { limit, expected, each, chats } of ask(name, 'int8').speeds) {
        expect(expected[0]).toBeLessThan(expected[1]);
        expect(expected[1]).toBeLessThan(limit);
        expect(each[1] * chats).toBeCloseTo(expected[1], 6);
      }
    }
    // The one public figure: 73 tokens/s on 8 A100 in int8.
    const [alone] = ask('A100-80', 'int8', { chats: 1, context: 256 }).speeds;
    expect(alone?.expected[0]).toBeGreaterThan(70);
    expect(alone?.expected[0]).toBeLessThan(76);
    const { prefill } = ask('H100-80', 'bf16');
    expect(prefill).toMatchObject({ prompt: 2048 });
    expect(prefill.expected[1]).toBeGreaterThan(30_000);
    expect(prefill.limit).toBeLessThan(48_000);
  });

  it('says how long it loads', () => {
    expect(ask('H200', 'int8').loading.map(({ seconds }) => Math.round(seconds))).toEqual([45, 13]);
    expect(ask('H200', 'bf16').loading.map(({ seconds }) => Math.round(seconds))).toEqual([90, 25]);
  });
});

it('says what its figures leave out', () => {
  const remarks = (name: string, count: number) =>
    plan({ shape: GROK_1, machine: boxOf(name, count), dtype: 'int8' }).remarks.join();
  expect(remarks('H200', 8)).toBe('');
  expect(remarks('H200', 6)).toContain('8 heads');
  expect(remarks('L40S', 8)).toContain('PCI Express');
  expect(remarks('MI300X', 8)).toContain('remote engine');
});

describe('this machine', () => {
  const measured = { cores: 2, memory: 24 * GIB, bandwidth: 20e9, flops: 198e9, disk: 1e9 };

  it('runs from disk what does not fit into memory, and says how slowly', () => {
    const found = plan({ shape: GROK_1, machine: ofMeasured(measured), dtype: 'bf16' });
    expect(found).toMatchObject({ holds: false, speeds: [], fits: [0, 0], fromDisk: near(167.5, 3) });
    expect(plan({ shape: GROK_1, machine: ofMeasured({ ...measured, disk: undefined }), dtype: 'bf16' })).toMatchObject(
      {
        ...{ fromDisk: undefined, loading: [] },
      },
    );
  });

  it('with a terabyte holds it', () => {
    const machine = ofMeasured({ ...measured, cores: 64, memory: 1024 * GIB, bandwidth: 400e9 });
    const { speeds, fits, fromDisk } = plan({ shape: GROK_1, machine, dtype: 'bf16' });
    expect({ fits, fromDisk }).toEqual({ fits: [216, 216], fromDisk: undefined });
    expect(speeds[0]?.limit).toEqual(near(2.37));
  });
});

describe('the table of cards', () => {
  it('has no two of a name, and a source for each', () => {
    const names = cards.flatMap(({ name, aliases }) => [name.toLowerCase(), ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const card of cards) {
      expect(card.source).toMatch(/data sheet|paper/);
      expect(card.usableGiB[0]).toBeLessThanOrEqual(card.usableGiB[1]);
      expect(cardOf(card.name.toUpperCase())).toBe(card);
    }
    expect(cardOf('H900')).toBeUndefined();
  });
});

describe('experts that stay in the host memory', () => {
  const offloadOf = (name: string, count: number, dtype: Dtype, more: object = {}) =>
    plan({ shape: GROK_1, machine: boxOf(name, count), dtype, ...more }).offload;

  // 1 x H100 in int8: 76.5 GiB less 2 of keys and values, 7.3 GB that are no experts, three experts' places of 0.6 GB: 14 layers of 4.8 GB.
  it.each([
    ['H100-80', 1, 'int8', 50, 241.8, 60.4, 1.11],
    ['H100-80', 1, 'bf16', 58, 560, 140, 2.56],
    ['RTX-4090', 1, 'int8', 62, 299.8, 75.0, 3.01],
    ['H200', 2, 'int8', 6, 29.0, 7.25, 0.074],
    ['H200', 4, 'bf16', 5, 48.3, 12.1, 0.063],
  ] as const)('%s, %i of them, in %s: those of %i layers', (name, count, dtype, layers, host, crossing, seconds) => {
    const found = offloadOf(name, count, dtype);
    expect(found?.layers).toBe(layers);
    expect([(found?.host ?? 0) / 1e9, (found?.crossing ?? 0) / 1e9]).toEqual([near(host), near(crossing)]);
    expect(found?.seconds).toBeCloseTo(seconds, 2);
  });

  it('are more, the more chats there are, and it is refused when nothing else has room', () => {
    expect(offloadOf('H100-80', 1, 'int8', { chats: 20 })?.layers).toBeGreaterThan(50);
    expect(offloadOf('H100-80', 1, 'int8', { chats: 40 })).toBeUndefined();
  });

  it('are none where the weights fit, or our kernels do not compute', () => {
    expect(offloadOf('H200', 8, 'bf16')).toBeUndefined();
    expect(offloadOf('MI300X', 1, 'bf16')).toBeUndefined();
  });
});
