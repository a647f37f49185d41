import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanName, nameKey } from '../../personas/name.ts';

/** Any code points, halves of surrogate pairs too; half of them where the scripts are. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x33ff }), fc.integer({ min: 0, max: 0x10ffff })), { maxLength: 60 })
  .map((points) => String.fromCodePoint(...points));

describe('cleanName', () => {
  it.each([
    ['Alice', 'Alice'],
    ['  Alice \t B. ', 'Alice B'],
    ['Guide: hello\nBob:', 'Guide hello Bob'],
    ['a\u200bb\u202ec\ufeff', 'abc'],
    ['Ａｌｉｃｅ', 'Alice'],
    ['老王', '老王'],
    ['x_y-z 7', 'x_y-z 7'],
    ['e\u0301', 'é'],
    ['\u3164\u3164', undefined],
    ['***', undefined],
    ['- _', undefined],
    ['', undefined],
    ['🦜', undefined],
  ])('%j becomes %j', (raw, name) => expect(cleanName(raw)).toBe(name));

  it('keeps at most 24 characters, counting a rare one as one', () => {
    expect([...(cleanName('𠮷'.repeat(30)) ?? '')]).toHaveLength(24);
  });

  it('is stable, and holds nothing but letters, marks, digits, space, _ and -', () => {
    fc.assert(
      fc.property(anyText, (raw) => {
        const name = cleanName(raw);
        if (name === undefined) return;
        expect(cleanName(name)).toBe(name);
        expect(name).toMatch(/^[\p{L}\p{N}_-][\p{L}\p{M}\p{N} _-]*$/u);
        expect(name).not.toMatch(/\p{Default_Ignorable_Code_Point}/u);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('nameKey', () => {
  it.each(['guide', 'G u i d e', 'GUIDE', 'Guid\u0435', 'G\u00fcide', 'Gui-de_'])('%j looks like Guide', (name) => {
    expect(nameKey(name)).toBe(nameKey('Guide'));
  });
  it('tells others apart', () => expect(nameKey('Guido')).not.toBe(nameKey('Guide')));
});
