import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indentText, renderTurn, sanitizeText } from '../../../inference/context/index.ts';
import { nasty } from './arbitraries.ts';

describe('sanitizeText', () => {
  it.each([
    ['a\r\nb\rc\u2028d\u2029e\u0085f\vg\fh', 'a\nb\nc\nd\ne\nf\ng\nh'],
    ['a\n\n\n\n\nb', 'a\n\nb'],
    ['  a  \n  b  ', 'a\n  b'],
    ['a\u0000\u001b[31m\u007fb', 'a[31mb'],
    ['\u202eevil\u2066', 'evil'],
    ['a\ud83d', 'a\ufffd'],
    ['👩‍👩‍👧 ❤️', '👩‍👩‍👧 ❤️'],
    ['می‌خواهم', 'می‌خواهم'],
    ['a\tb', 'a\tb'],
    ['x\u{e0041}y', 'xy'],
  ])('%j becomes %j', (raw, text) => expect(sanitizeText(raw)).toBe(text));

  it('is stable', () => {
    fc.assert(
      fc.property(nasty(), (raw) => {
        const once = sanitizeText(raw);
        expect(sanitizeText(once)).toBe(once);
      }),
    );
  });

  it('ends on text made to be slow, on which a step for each pair of characters would take minutes', () => {
    const text = sanitizeText(`a${' '.repeat(500_000)}b${'\n'.repeat(500_000)}c${'\u200b'.repeat(500_000)}`);
    expect(text).toMatch(/^a\s+b\s+c$/);
  });
});

describe('a turn', () => {
  it('indents what goes on, blank lines too', () => {
    expect(renderTurn('Alice', 'one\n\nGuide: two').join('')).toBe('Alice: one\n  \n  Guide: two\n');
  });

  it.each(['', ' \n\t', '\u200b', '\u200d\ufe0f', '\u3164'])('without visible text (%j) is three dots', (text) => {
    expect(indentText(text)).toBe('...');
  });

  it('has one line at column 0, whatever the text', () => {
    fc.assert(
      fc.property(nasty(), (text) => {
        const lines = renderTurn('Alice', text).join('').split('\n');
        expect(lines.pop()).toBe('');
        expect(lines[0]).toMatch(/^Alice: \S/);
        for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}/);
      }),
      { numRuns: 1000 },
    );
  });
});
