import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
    expect(report.models.map((model) => model.rows.length)).toEqual(activations === 'f32' ? [40, 40] : [52, 52]);
    expect(report.skipped.map(({ reason }) => reason)).toContain(
      'it has only ckpt-0, the released form of the weights; reading that needs a later version',
    );
    expect(lines.at(-1)).toMatch(/^ok: (\d+) of \1 checks hold \(2 models/);
  });

  it('tells when a number is off', async () => {
    const folder = join(await temporary(), 'off');
    await cp(join(GOLDEN, 'tiny-a'), folder, { recursive: true });
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
      'no config.json, no model.safetensors, no golden.safetensors',
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
