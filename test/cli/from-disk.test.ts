import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { bytesText } from '../../cli/bytes.ts';
import { fromDiskText } from '../../cli/from-disk.ts';
import { GROK_1 } from '../../inference/engine/index.ts';
import { sizesOf } from '../../inference/plan/index.ts';

it.each([
  [0, '0.0 MB'],
  [812_345, '0.8 MB'],
  [42e6, '42 MB'],
  [16_549_512, '17 MB'],
  [999e6, '999 MB'],
  [1.25e9, '1.3 GB'],
  [99.9e9, '99.9 GB'],
  [631.4e9, '631 GB'],
])('says %d bytes as %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

it('says what a model costs that does not fit the memory, at the pace of its disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wisecrack-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'model.safetensors'), Buffer.alloc(8 * 2 ** 20, 1));
  for (const [dtype, all, active] of [
    ['int8', '317 GB', '84.6 GB'],
    ['bf16', '631 GB', '168 GB'],
  ] as const) {
    const text = await fromDiskText(folder, GROK_1, sizesOf(GROK_1, dtype).model);
    expect(text).toContain(`${all} of weights do not fit`);
    expect(text).toContain(`A token takes ${active}`);
    // Where dd cannot pass the page cache by, nothing is said of speed.
    if (text.includes(', at ')) expect(text).toMatch(/at \d[\d.]* [MG]B\/s about \d[\d.]* (s|min|h)\.$/);
  }
});
