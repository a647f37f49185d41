import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatModel } from '../../../inference/engine/verify/report.ts';
import { verify } from '../../../inference/engine/verify/verify.ts';
import { FakeAddon } from './fakes.ts';
import { ADDON, GOLDEN, temporary } from './golden.ts';

const CPU = { device: 'cpu' } as const;

describe.skipIf(!ADDON)(`verify${ADDON ? '' : ' (SKIPPED: the native engine is not built)'}`, () => {
  it.each(['f32', 'bf16'] as const)('finds the engine within the tolerances of %s', async (activations) => {
    const lines: string[] = [];
    const report = await verify(GOLDEN, { activations, ...CPU, onLine: (line) => lines.push(line) });
    expect(report.ok, lines.join('\n')).toBe(true);
    expect(report.models.map(({ folder }) => relative(GOLDEN, folder))).toEqual([
      ...['tiny-a/model.safetensors', 'tiny-a/ckpt-0', 'tiny-b', 'tiny-c'],
    ]);
    const count = activations === 'f32' ? 40 : 52;
    const unrounded = activations === 'f32' ? 4 : 0;
    expect(report.models.map(({ rows }) => rows.length)).toEqual([count, count, count, count + unrounded]);
    expect(lines.at(-1)).toMatch(/^ok: (\d+) of \1 checks hold \(4 models/);
  });

  // The other numbers of shards, and the other forms of weights: test/native/shards_test.cpp.
  it.each(['f32', 'bf16'] as const)('finds two shards within the tolerances of %s', async (activations) => {
    const lines: string[] = [];
    const report = await verify(GOLDEN, { activations, ...CPU, shards: 2, onLine: (line) => lines.push(line) });
    expect(report.ok, lines.join('\n')).toBe(true);
    expect(lines.at(-1)).toMatch(/^ok: (\d+) of \1 checks hold \(4 models, .*, cpu, 2 shards\)$/);
  });

  it('tells the rounded product of int8 and scale from the unrounded one', async () => {
    const folder = await temporary();
    await cp(join(GOLDEN, 'tiny-c'), folder, { recursive: true });
    const file = join(folder, 'golden.safetensors');
    const bytes = await readFile(file);
    const start = 8 + Number(bytes.readBigUInt64LE());
    // The two swap their names, which are padded to the same length.
    const header = bytes.toString('utf8', 8, start);
    const swapped = header
      .replace(/"p7\.logits":/, '"p7.swapped":')
      .replace(/"p7\.logits_unrounded_dequant":/, '"p7.logits":')
      .replace(/"p7\.swapped":/, '"p7.logits_unrounded_dequant":');
    expect(swapped).not.toBe(header);
    bytes.write(swapped, 8, 'utf8');
    await writeFile(file, bytes);
    const report = await verify(folder, { activations: 'f32', ...CPU });
    const failed = report.models[0]?.rows.filter((row) => row.ok === false);
    expect(failed?.map(({ tensor, pass }) => `${tensor} ${pass}`)).toEqual([
      ...['logits prefill', 'logits steps', 'logits_unrounded_dequant prefill'],
    ]);
  });

  it('tells when a number is off', async () => {
    const folder = join(await temporary(), 'off');
    await cp(join(GOLDEN, 'tiny-b'), folder, { recursive: true });
    const file = join(folder, 'golden.safetensors');
    const bytes = await readFile(file);
    const start = 8 + Number(bytes.readBigUInt64LE());
    const { 'p7.logits': logits } = JSON.parse(bytes.toString('utf8', 8, start));
    const at = start + logits.data_offsets[0];
    bytes.writeFloatLE(bytes.readFloatLE(at) + 0.01, at);
    await writeFile(file, bytes);
    const report = await verify(folder, { activations: 'f32', ...CPU });
    expect(report.ok).toBe(false);
    const failed = report.models[0]?.rows.filter((row) => row.ok === false);
    expect(failed?.map(({ prompt, tensor, pass }) => `${prompt} ${tensor} ${pass}`)).toEqual([
      'p7 logits prefill',
      'p7 logits steps',
    ]);
    expect(failed?.[0]?.abs).toBeCloseTo(0.01, 3);
  });
});

describe('verify without the addon', () => {
  const options = { activations: 'f32', ...CPU, addon: new FakeAddon() } as const;

  it('says what is no folder of golden vectors', async () => {
    const code = 'WISECRACK_GOLDEN_INVALID';
    await expect(verify('/nowhere', options)).rejects.toMatchObject({ code });
    await expect(verify(await temporary(), options)).rejects.toMatchObject({ code });
    const folder = await temporary();
    await writeFile(join(folder, 'golden.json'), '{}');
    await expect(verify(folder, options)).rejects.toThrow(
      'no config.json, no golden.safetensors, no model.safetensors or ckpt-0',
    );
    for (const file of ['config.json', 'model.safetensors', 'golden.safetensors'])
      await writeFile(join(folder, file), '');
    await expect(verify(folder, options)).rejects.toThrow(/golden\.json: .*prompts/s);
  });

  it('says why it cannot compute on a GPU', async () => {
    await expect(verify(GOLDEN, { ...options, device: 'cuda' })).rejects.toMatchObject({
      ...{ code: 'WISECRACK_DEVICE_MISSING', message: expect.stringContaining('this is a fake') },
    });
  });

  it('aligns its table', () => {
    const row = { prompt: 'p1', tensor: 'logits', pass: 'prefill', abs: 0.00123, rel: 0, agree: 0.9999, ok: false };
    const lines = formatModel({ folder: 'x', rows: [row, { ...row, prompt: 'long one', ok: true }], ok: false });
    expect(lines).toEqual([
      'x',
      '  prompt    tensor  pass     abs     rel  agree   note  required',
      '  p1        logits  prefill  1.2e-3  0    99.9 %                  FAIL',
      '  long one  logits  prefill  1.2e-3  0    99.9 %                  ok',
      '  FAIL',
      '',
    ]);
  });
});
