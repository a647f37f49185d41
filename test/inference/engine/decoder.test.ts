import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenDecoder } from '../../../inference/engine/decoder.ts';

/** Tokens that stand for runs of bytes, cut anywhere. */
function decode(parts: readonly Uint8Array[]): string[] {
  const decoder = new TokenDecoder({ bytes: (token) => parts[token] ?? new Uint8Array(0) });
  return parts.map((_, token) => decoder.push(token));
}

describe('TokenDecoder', () => {
  it('gives out whole characters only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat({ max: 5 })), (text, sizes) => {
        let rest = Buffer.from(text);
        const parts = sizes.map((size) => {
          const part = rest.subarray(0, size);
          rest = rest.subarray(size);
          return part;
        });
        const out = decode([...parts, rest]);
        expect(out.join('')).toBe(text);
        for (const piece of out) expect(Buffer.from(piece).toString()).toBe(piece);
      }),
    );
  });

  it('waits for the rest of a character, and drops it when it does not come', () => {
    expect(decode([Buffer.from('hi '), Uint8Array.of(0xf0), Uint8Array.of(0x9f, 0x98)])).toEqual(['hi ', '', '']);
  });

  it('shows U+FFFD for what can be no character', () => {
    expect(decode([Uint8Array.of(0xf0), Buffer.from('a')])).toEqual(['', '\ufffda']);
  });

  it('keeps a byte-order mark and NUL', () => {
    expect(decode([Buffer.from('\ufeff'), Uint8Array.of(0)])).toEqual(['\ufeff', '\0']);
  });
});
