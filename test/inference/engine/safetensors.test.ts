import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../inference/engine/verify/safetensors.ts';
import { temporary } from './golden.ts';

async function file(header: unknown, values: Buffer, length?: number): Promise<string> {
  const path = join(await temporary(), 'x.safetensors');
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(length ?? json.length));
  await writeFile(path, Buffer.concat([size, json, values]));
  return path;
}

const entry = (dtype: string, shape: number[], from: number, to: number) => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('readSafetensors', () => {
  it('reads the types that golden vectors have', async () => {
    const values = Buffer.alloc(14);
    values.writeFloatLE(1.5, 0);
    values.writeInt32LE(-7, 4);
    values.writeFloatLE(-2.25, 6); // its upper half is BF16
    values.writeInt32LE(-7, 10);
    const header = {
      ...{ __metadata__: { any: 'thing' }, f: entry('F32', [], 0, 4), b: entry('BF16', [1, 1], 8, 10) },
      i: entry('I32', [1], 10, 14),
    };
    const tensors = await readSafetensors(await file(header, values));
    expect([...tensors].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
      ['f', [], [1.5]],
      ['b', [1, 1], [-2.25]],
      ['i', [1], [-7]],
    ]);
  });

  it.each([
    ['a file that is cut off', { x: entry('F32', [2], 0, 8) }, 'it ends at byte'],
    ['a shape that is not its size', { x: entry('F32', [3], 0, 4) }, 'x [3] takes 12 bytes, but the header gives it 4'],
    ['another type', { x: entry('F64', [1], 0, 8) }, 'x is F64; only F32, I32, BF16'],
    ['a header of another form', { x: { dtype: 'F32' } }, 'its header is wrong'],
    ['no JSON', '{"x"', 'its header is no JSON'],
  ])('refuses %s', async (_, header, reason) => {
    await expect(readSafetensors(await file(header, Buffer.alloc(4)))).rejects.toThrow(reason);
  });

  it('refuses another kind of file', async () => {
    await expect(readSafetensors(await file('', Buffer.alloc(9), 1e15))).rejects.toThrow('does not begin as');
    await expect(readSafetensors(await file('', Buffer.alloc(0), 50))).rejects.toThrow('it ends at byte 8');
  });
});
