import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasColor, plain } from '../../bots/console/index.ts';

describe('plain', () => {
  it('leaves no control character but new line and tab, however the text is split', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (pieces) => {
        const text = pieces.map(plain).join('');
        expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
        expect(text).toBe(plain(pieces.join('')));
      }),
    );
  });

  it('takes the teeth out of escape sequences', () => {
    expect(plain('\x1b]0;title\x07\x1b[2J\x9b31mhi\r\u202e!')).toBe(']0;title[2J31mhi!');
  });

  it('keeps what people write', () => {
    const text = 'a\tb\nnaïve 老王 👩‍👩‍👧 \u{1F3F4}';
    expect(plain(text)).toBe(text);
  });
});

describe('hasColor', () => {
  it('needs a terminal that nobody forbade it to', () => {
    expect(hasColor({ isTTY: true }, {})).toBe(true);
    expect(hasColor({}, {})).toBe(false);
    expect(hasColor({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(hasColor({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  });
});
