import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from './text/entities.ts';
import { parseHtml } from './text/html.ts';
import { parseMarkdown } from './text/markdown.ts';
import { format } from './text/parse.ts';
import { showText } from './text/show.ts';

const html = (text: string) => showText(format({ text, parse_mode: 'HTML' }));
const markdown = (text: string) => showText(format({ text, parse_mode: 'MarkdownV2' }));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('HTML', () => {
  it.each([
    ['<b>a</b> <strong>b</strong>', '<b>a</b> <b>b</b>'],
    ['<i>a <u>b</u></i> <em>c</em> <ins>d</ins>', '<i>a <u>b</u></i> <i>c</i> <u>d</u>'],
    ['<s>a</s><strike>b</strike><del>c</del>', '<s>a</s><s>b</s><s>c</s>'],
    ['<tg-spoiler>a</tg-spoiler> <span class="tg-spoiler">b</span>', '<spoiler>a</spoiler> <spoiler>b</spoiler>'],
    ['<code>a &lt; b</code>', '<code>a < b</code>'],
    ['<pre><code class="language-python">x = 1</code></pre>', '<pre python>x = 1</pre>'],
    ['<pre>x</pre>', '<pre>x</pre>'],
    ['<code class="language-js">x</code>', '<code>x</code>'],
    ['<a href="https://example.com/?a=1&amp;b=2">x</a>', '<a https://example.com/?a=1&b=2>x</a>'],
    ['<a href="tg://user?id=7">Ann</a>', '<user 7>Ann</user>'],
    ['<a href="nowhere">x</a> <a>y</a>', 'x y'],
    ['<blockquote>a</blockquote>b', '<quote>a</quote>b'],
    ['<blockquote expandable>a <b>b</b></blockquote>', '<folded>a <b>b</b></folded>'],
    ['a &amp; b &quot;c&quot; &#33; &#x41; &nbsp;', 'a & b "c" ! A &nbsp;'],
    ['<B>a</b> <i >b</i > <u>c</>', '<b>a</b> <i>b</i> <u>c</u>'],
    ['a<b></b>b', 'ab'],
    ['<b>a <code>b</code> c</b>', '<b>a </b><code>b</code><b> c</b>'],
    ['<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', '<emoji>👍</emoji>'],
  ])('%s is read', (source, seen) => {
    expect(html(source)).toBe(seen);
  });

  it.each([
    ['<b>x', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<b><i>x</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['ü</b>', 'Unexpected end tag at byte offset 2'],
    ['<p>x</p>', 'Unsupported start tag "p" at byte offset 0'],
    ['a<br>', 'Unsupported start tag "br" at byte offset 1'],
    ['1 < 2', 'Unsupported start tag "" at byte offset 2'],
    ['x <b', 'Unclosed start tag at byte offset 2'],
    ['<a href', 'Unclosed start tag "a" at byte offset 0'],
    ['<a href="x', 'Unclosed start tag at byte offset 0'],
    ['<a ="x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href=x/>y</a>', 'Unexpected end of name token at byte offset 8'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<tg-emoji emoji-id="x">y</tg-emoji>', 'Invalid custom emoji identifier specified'],
    [
      '&#xD800;',
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    ],
  ])('%s is refused', (source, why) => {
    expect(refusal(() => parseHtml(source))).toBe(why);
  });

  it('of any text that is escaped is that text', () => {
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseHtml(`<b>${escaped(text)}</b>`).text).toBe(text);
      }),
    );
  });

  it('cut anywhere is refused or read, and nothing else happens', () => {
    const whole = 'a <b>bold <i>both</i></b> <a href="https://example.com">link</a> <pre>code</pre> &lt;';
    fc.assert(
      fc.property(fc.nat(whole.length), (end) => {
        const part = whole.slice(0, end);
        const open = (part.match(/<[a-z]/g) ?? []).length > (part.match(/<\/[a-z]+>/g) ?? []).length;
        if (open || part.endsWith('<') || /<\/[a-z]*$/.test(part)) expect(() => parseHtml(part)).toThrow(ParseError);
        else expect(parseHtml(part).text).not.toContain('<b>');
      }),
    );
  });
});

describe('MarkdownV2', () => {
  it.each([
    ['*a* _b_ __c__ ~d~ ||e||', '<b>a</b> <i>b</i> <u>c</u> <s>d</s> <spoiler>e</spoiler>'],
    ['*a _b_ c*', '<b>a <i>b</i> c</b>'],
    ['_a __b___', '<i>a <u>b</u></i>'],
    ['`a\\`b`', '<code>a`b</code>'],
    ['```js\nx\\\\y\n```', '<pre js>x\\y</pre>'],
    ['```\nx```', '<pre>x</pre>'],
    ['[a](https://example.com/\\))', '<a https://example.com/)>a</a>'],
    ['[Ann](tg://user?id=7)', '<user 7>Ann</user>'],
    ['![👍](tg://emoji?id=5368324170671202286)', '<emoji>👍</emoji>'],
    ['>a\n>b\nc', '<quote>a\nb</quote>\nc'],
    ['>a\n>b||', '<folded>a\nb</folded>'],
    ['**>a\n>b', '<folded>a\nb</folded>'],
    ['1\\. a\\-b \\(c\\)\\!', '1. a-b (c)!'],
  ])('%s is read', (source, seen) => {
    expect(markdown(source)).toBe(seen);
  });

  it.each([...'_*[]()~`>#+-=|{}.!'])('a bare %s is refused', (char) => {
    expect(() => parseMarkdown(`a${char}`)).toThrow(ParseError);
    expect(parseMarkdown(`a\\${char}`).text).toBe(`a${char}`);
  });

  it.each([
    ['a.', "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ['üb *x', "Can't find end of Bold entity at byte offset 4"],
    ['`x', "Can't find end of Code entity at byte offset 0"],
    ['```x', "Can't find end of Pre entity at byte offset 0"],
    ['```x ', "Can't find end of PreCode entity at byte offset 0"],
    ['[a](x', "Can't find end of a URL at byte offset 3"],
    ['__a _b___', "Can't find end of Italic entity at byte offset 8"],
    ['>*a\nb', "Can't find end of Bold entity at byte offset 1"],
  ])('%s is refused', (source, why) => {
    expect(refusal(() => parseMarkdown(source))).toBe(why);
  });

  it('of any text that is escaped is that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const escaped = text.replace(/[_*[\]()~`>#+\-=|{}.!\\]/g, '\\$&');
        expect(parseMarkdown(escaped).text).toBe(text);
      }),
    );
  });
});

describe('a text', () => {
  it('is counted in UTF-16 units after parsing', () => {
    expect(format({ text: `<b>${'x'.repeat(4096)}</b>`, parse_mode: 'HTML' }).text).toHaveLength(4096);
    expect(() => format({ text: 'x'.repeat(4097) })).toThrow('message is too long');
    expect(() => format({ text: '👍'.repeat(2049) })).toThrow('message is too long');
    expect(format({ text: '👍'.repeat(2048) }).text).toHaveLength(4096);
    expect(format({ text: '&lt;'.repeat(4096), parse_mode: 'HTML' }).text).toHaveLength(4096);
  });

  it('is trimmed, and its entities move along', () => {
    expect(format({ text: ' \n <b> a </b> ', parse_mode: 'HTML' })).toEqual({
      text: 'a',
      entities: [{ type: 'bold', offset: 0, length: 1 }],
    });
    for (const text of ['', ' \n ', '<b> </b>'])
      expect(() => format({ text, parse_mode: 'HTML' })).toThrow('message text is empty');
  });

  it('keeps a hundred entities', () => {
    expect(format({ text: '<b>a</b> '.repeat(120), parse_mode: 'HTML' }).entities).toHaveLength(100);
  });

  it('has its mentions, commands, links, hashtags and addresses found, but not inside of code', () => {
    const found = (text: string, parse_mode?: string) =>
      format({ text, parse_mode }).entities.map(({ type, offset, length }) => [type, offset, length]);
    expect(found('/ask@wise_bot hi @ann! #fun')).toEqual([
      ['bot_command', 0, 13],
      ['mention', 17, 4],
      ['hashtag', 23, 4],
    ]);
    expect(found('see https://a.example/b?c. or README.md or me@x.org')).toEqual([
      ['url', 4, 21],
      ['url', 30, 9],
      ['email', 43, 8],
    ]);
    expect(found('a/b 1/2 mail@ann #1 e.g. 3.14')).toEqual([]);
    expect(found('<code>@ann /ask</code>', 'HTML')).toEqual([['code', 0, 9]]);
  });

  it.each([
    [{ offset: 0, length: 9 }, 'entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9'],
    [{ offset: 5, length: 1 }, 'entity begins after the end of the text at UTF-16 offset 5'],
    [{ offset: 1, length: 0 }, 'receive an entity with incorrect offset 1 and length 0'],
    [{ offset: 2, length: 1 }, 'entity begins in a middle of a UTF-16 symbol at byte offset'],
    [
      { offset: 0, length: 2 },
      'entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset',
    ],
  ])('is refused with the entity %o', (where, why) => {
    expect(() => format({ text: 'a👍b!', entities: [{ type: 'bold', ...where }] })).toThrow(why);
  });
});
