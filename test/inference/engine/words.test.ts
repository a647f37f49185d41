import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PieceType, type SentencePieceModel } from '../../../inference/engine/tokenizer/model.ts';
import { bordersOf, plainRuns, words } from '../../../inference/engine/tokenizer/words.ts';

/** A model of just these pieces: `!` marks a user-defined one. */
function model(...pieces: string[]): SentencePieceModel {
  return {
    ...{ unk: 0, bos: 1, eos: 2, pad: -1, unkSurface: '', byteFallback: true, addDummyPrefix: true, normalizer: '' },
    pieces: pieces.map((piece) => piece.replace(/^!(?=.)/, '')),
    types: Uint8Array.from(pieces, (piece) => (/^!./.test(piece) ? PieceType.userDefined : PieceType.normal)),
  };
}

function cut(text: string, model: SentencePieceModel, limit = 2000): string[] {
  const borders = bordersOf(model, limit);
  return [...words(text, borders)].flatMap((word) => plainRuns(word, borders));
}

describe('words', () => {
  it('cuts inside special pieces, overlapping ones too', () => {
    const markup = model('!<|a|>', '!|><|', '!\u2581\u2581', '!7', '\u2581the');
    expect(cut('x<|a|><|a|>7', markup)).toEqual(['x<', '|a|', '><', '|a|>7']);
    expect(cut('<|a|_>', markup)).toEqual(['<|a|_>']);
  });

  it('keeps U+2581 apart', () => {
    expect(cut('a\u2581\u2581b', model('a'))).toEqual(['a', '\u2581', '\u2581', 'b']);
  });

  it('cuts before spaces and after new lines, never inside a run of either', () => {
    const plain = model('\u2581the', '\u2581\u2581', '!\n', '!\n\n');
    expect(cut('one two  three\n\n\n four \n ', plain)).toEqual(['one', ' two', '  three\n\n\n', ' four', ' \n', ' ']);
  });

  it('does not cut where a piece of the model goes across', () => {
    expect(cut('one two\n6', model('e\u2581t'))).toEqual(['one two\n', '6']);
    expect(cut('one two\n6', model('e\nt'))).toEqual(['one', ' two\n6']);
    expect(cut('one two\n6', model('e\nt', 'e t'))).toEqual(['one two\n6']);
  });

  it('cuts what is too long', () => {
    expect(cut('abcdef\n', model('a'), 4)).toEqual(['abcd', 'ef\n']);
  });

  it('loses nothing, stays within the limit and cuts no character in two', () => {
    const plain = model('!<|a|>', '\u2581the', '!\n');
    const text = fc
      .array(fc.constantFrom('a', ' ', '\n', '\ud83d\ude00', '<|a|>', '\u2581'))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 9 }), (text, limit) => {
        const parts = cut(text, plain, limit);
        expect(parts.join('')).toBe(text);
        for (const part of parts) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part.length).toBeGreaterThan(0);
          expect(part).not.toContain('<|a|>');
          expect(Buffer.from(part).toString()).toBe(part);
        }
      }),
    );
  });
});
