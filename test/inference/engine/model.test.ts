import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PieceType, readModel } from '../../../inference/engine/tokenizer/model.ts';
import { openTokenizer } from '../../../inference/engine/tokenizer/tokenizer.ts';
import { temporary } from './golden.ts';

const varint = (n: bigint): number[] => (n < 128n ? [Number(n)] : [Number(n & 127n) | 128, ...varint(n >> 7n)]);

/** A field of protobuf: a message, text or a number. */
function field(number: number, value: Uint8Array | string | number): Buffer {
  if (typeof value === 'number') {
    return Buffer.from([...varint(BigInt(number * 8)), ...varint(BigInt.asUintN(64, BigInt(value)))]);
  }
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([...varint(BigInt(number * 8 + 2)), ...varint(BigInt(bytes.length))]), bytes]);
}

const piece = (text: string, type?: number) =>
  field(1, Buffer.concat([field(1, text), Buffer.from([0x15, 0, 0, 0, 0]), ...(type ? [field(3, type)] : [])]));

describe('readModel', () => {
  it('reads pieces, types, ids and flags', () => {
    const trainer = field(2, Buffer.concat([field(40, 3), field(43, -1), field(35, 1), field(44, '?!')]));
    const normalizer = field(3, Buffer.concat([field(1, 'identity'), field(3, 0)]));
    const model = readModel(Buffer.concat([piece('a'), piece('<0x0A>', PieceType.byte), trainer, normalizer]));
    expect(model).toEqual({
      ...{ pieces: ['a', '<0x0A>'], types: Uint8Array.of(1, 6), unk: 3, bos: 1, eos: 2, pad: -1, unkSurface: '?!' },
      ...{ byteFallback: true, addDummyPrefix: false, normalizer: 'identity' },
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'it holds no pieces'],
    ['a piece that is cut off', piece('abc').subarray(0, 6), 'beyond the end'],
    ['no protobuf', Buffer.from('<html></html>'), 'not the start of a field'],
    ['a number without end', Buffer.alloc(20, 0xff), 'does not end'],
    ['spaces after words', Buffer.concat([piece('a'), field(2, field(24, 1))]), 'marks spaces after words'],
  ])('refuses %s', async (_, bytes, reason) => {
    const file = join(await temporary(), 'tokenizer.model');
    await writeFile(file, bytes);
    await expect(openTokenizer(file)).rejects.toMatchObject({
      code: 'WISECRACK_TOKENIZER_INVALID',
      message: expect.stringMatching(new RegExp(`${file}.*${reason}`)),
    });
  });

  it('says so when there is no file', async () => {
    await expect(openTokenizer('/nowhere')).rejects.toMatchObject({ code: 'WISECRACK_TOKENIZER_INVALID' });
  });
});
