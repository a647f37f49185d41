import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Part, type SplitOptions, Splitter, splitText } from '../../../../bots/chat/split/index.ts';
import { hostile, links, platforms, prose, reply, roomyPlatforms, things } from './texts.ts';

const discord: SplitOptions = { limit: 2000, measure: (text) => text.length };
const telegram: SplitOptions = { limit: 4096, measure: (text) => text.length };
const whole = { growing: false };
const growing = { growing: true };

function expectWhole(parts: readonly Part[], source: string) {
  expect(parts.map(({ from, to }) => source.slice(from, to)).join('')).toBe(source);
  let at = 0;
  for (const { from, to } of parts) {
    expect(from).toBe(at);
    expect(to).toBeGreaterThan(from);
    at = to;
  }
}

/** Whether every fence is closed, by CommonMark's rules; runs and info strings that we take for text do not count. */
function isBalanced(text: string, limit: number): boolean {
  const run = Math.min(64, Math.floor(limit / 16));
  const info = Math.min(100, Math.floor(limit / 4));
  let fence = '';
  for (const line of text.split('\n')) {
    const match = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/.exec(line.replace(/\r$/, ''));
    if (!match) continue;
    const [, marks = '', rest = ''] = match;
    if (fence !== '') {
      if (rest.trim() === '' && marks.startsWith(fence)) fence = '';
    } else if (marks.length <= run && rest.length <= info && !(marks.startsWith('`') && rest.includes('`')))
      fence = marks;
  }
  return fence === '';
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

describe('splitText, whatever the text', () => {
  const texts = fc.oneof(reply, hostile);

  it('keeps every part within the limit, growing or not', () => {
    fc.assert(
      fc.property(texts, platforms, fc.boolean(), (text, options, growing) => {
        for (const part of splitText(text, options, { growing })) {
          expect(options.measure(part.text)).toBeLessThanOrEqual(options.limit);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('covers the source without a gap', () => {
    fc.assert(
      fc.property(texts, platforms, fc.boolean(), (text, options, growing) => {
        expectWhole(splitText(text, options, { growing }), text);
      }),
      { numRuns: 300 },
    );
  });

  it('shows something in every part but perhaps the last', () => {
    fc.assert(
      fc.property(texts, platforms, fc.boolean(), (text, options, growing) => {
        for (const part of splitText(text, options, { growing }).slice(0, -1)) expect(part.text.trim()).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });

  it('leaves nothing out of a text that is over, but white space and marks', () => {
    // Languages are said again, so they do not count; each other character does.
    const letters = (list: string) => list.replace(/[\s`~*_|]|ts|python|c\+\+/g, '');
    fc.assert(
      fc.property(texts, platforms, (text, options) => {
        fc.pre(!/[`~]{3}[ \t]*(?!(?:ts|python|c\+\+)[ \t]*[\r\n])[^\s`~]/.test(text));
        const shown = splitText(text, options, whole).map((part) => part.text);
        expect(letters(shown.join('\n'))).toBe(letters(text));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps final parts as they are while the text grows, and at its end', () => {
    fc.assert(
      fc.property(texts, platforms, fc.integer({ min: 1, max: 9 }), (text, options, step) => {
        let before: Part[] = [];
        const check = (parts: Part[]) => {
          expect(parts.slice(0, before.length)).toEqual(before);
          expect(parts.slice(0, -1).every((part) => part.final)).toBe(true);
          before = parts.filter((part) => part.final);
        };
        for (let end = 0; end < text.length; end += step) check(splitText(text.slice(0, end), options, growing));
        check(splitText(text, options, growing));
        check(splitText(text, options, whole));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same parts in one go as step by step', () => {
    fc.assert(
      fc.property(texts, platforms, fc.array(fc.integer({ min: 1, max: 60 })), (text, options, steps) => {
        const splitter = new Splitter(options);
        let end = 0;
        for (const step of steps) {
          end += step;
          const so = text.slice(0, end);
          expect(splitter.update(so)).toEqual(splitText(so, options, growing));
        }
        expect(splitter.update(text, { ended: true })).toEqual(splitText(text, options, whole));
        expect(splitter.update(text, { ended: true })).toEqual(splitText(text, options, whole));
      }),
      { numRuns: 200 },
    );
  });

  it('closes every fence in the part that opens it', () => {
    fc.assert(
      fc.property(texts, platforms, fc.boolean(), (text, options, growing) => {
        // A line that is too long to open a fence may be shown without its end, and then be short enough.
        fc.pre(!new RegExp(`(?:\`{3}|~{3})[^\\n]{${Math.min(100, Math.floor(options.limit / 4))},}`).test(text));
        for (const part of splitText(text, options, { growing })) {
          expect(isBalanced(part.text, options.limit), part.text).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('cuts no grapheme that fits into a message', () => {
    fc.assert(
      fc.property(texts, roomyPlatforms, (text, options) => {
        const cuts = splitText(text, options, whole).map((part) => part.to);
        for (const { index, segment } of graphemes.segment(text)) {
          if (segment.length > 60) continue;
          for (const cut of cuts) expect(cut > index && cut < index + segment.length, segment).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('splitText, for text as a model writes it', () => {
  const cutsNone = (kept: readonly string[]) => (text: string, options: SplitOptions) => {
    const cuts = splitText(text, options, whole).map((part) => part.to);
    for (const thing of kept) {
      for (let at = text.indexOf(thing); at >= 0; at = text.indexOf(thing, at + 1)) {
        // What is stuck to a word or to another address is no thing of its own.
        if (/[\w.-]$/.test(text.slice(0, at)) && /^[@h]/.test(thing)) continue;
        if (/:\/\/\S*$/.test(text.slice(0, at))) continue;
        for (const cut of cuts) expect(cut > at && cut < at + thing.length, `${thing} at ${at}`).toBe(false);
      }
    }
  };

  it('cuts no address, mention or entity', () => {
    fc.assert(fc.property(reply, roomyPlatforms, cutsNone(things)), { numRuns: 1000 });
  });

  it('cuts no link', () => {
    fc.assert(fc.property(prose, roomyPlatforms, cutsNone([...things, ...links])), { numRuns: 1000 });
  });
});

/** The lines that stand in fences, without blank ones. */
function codeOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    let fenced = false;
    return text.split('\n').filter((line) => {
      if (line.startsWith('```')) {
        fenced = !fenced;
        return false;
      }
      return fenced && line.trim() !== '';
    });
  });
}

describe('splitText at code', () => {
  it('shows code as code and the rest as text, line by line, wherever it cuts', () => {
    const line = fc.constantFrom(
      '  const x = 1;',
      'return a || b;',
      '**kwargs',
      '# comment',
      '',
      '- item',
      '~~~',
      'x `y`',
    );
    const block = fc
      .tuple(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.array(fc.constantFrom('Some words.', 'More of **them**.')),
      )
      .map(([code, text]) => `\`\`\`ts\n${code.join('\n')}\n\`\`\`\n${text.join('\n')}\n`);
    fc.assert(
      fc.property(fc.array(block, { maxLength: 6 }), fc.integer({ min: 120, max: 400 }), (blocks, limit) => {
        const text = blocks.join('\n');
        const parts = splitText(text, { limit, measure: (some) => some.length }, whole).map((part) => part.text);
        expect(codeOf(parts)).toEqual(codeOf([text]));
      }),
      { numRuns: 300 },
    );
  });
});

describe('splitText at hostile texts', () => {
  const texts: Record<string, string> = {
    backticks: '`'.repeat(10_000),
    tildes: '~'.repeat(10_000),
    'a long word': 'a'.repeat(5000),
    'accents only': '\u0301'.repeat(10_000),
    'an endless emoji': '👩\u200d'.repeat(4000),
    'half pairs': '\ud83d'.repeat(5000),
    spaces: `hi${' '.repeat(10_000)}there`,
    'new lines': `${'\n'.repeat(10_000)}hi`,
    'nested fences': '```\n~~~\n````\n'.repeat(1000),
    'fences in a line': '```a```b'.repeat(1000),
    brackets: '['.repeat(10_000),
    'a long address': `see https://example.com/${'x'.repeat(9000)}`,
    'a long link': `[x](https://example.com/${'x'.repeat(9000)})`,
    'a long info string': `\`\`\`${'x'.repeat(9000)}\ncode\n\`\`\``,
    'open emphasis': '**a _b ~~c ||d `e '.repeat(800),
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`stays within the limit: ${name}`, () => {
      for (const options of [discord, telegram, { ...discord, limit: 64 }]) {
        const parts = splitText(text, options, whole);
        expectWhole(parts, text);
        for (const part of parts) expect(part.text.length).toBeLessThanOrEqual(options.limit);
      }
    });
  }

  it('fills the messages with a word that is longer than one', () => {
    expect(splitText('a'.repeat(5000), discord, whole).map((part) => part.text.length)).toEqual([2000, 2000, 1000]);
  });
});

/** `count` words of ten characters with their space. */
const filler = (count: number) => 'wordwords '.repeat(count).trim();

describe('where it cuts', () => {
  const texts = (source: string, options = discord) => splitText(source, options, whole).map((part) => part.text);

  it('leaves a text alone that fits exactly', () => {
    const text = 'x'.repeat(2000);
    expect(texts(text)).toEqual([text]);
    expect(splitText('', discord, whole)).toEqual([]);
  });

  it('prefers the end of a paragraph in the last third', () => {
    const first = `${filler(150)}.`;
    expect(texts(`${first}\n\n${filler(20)}.\n${filler(20)}. ${filler(50)}`)).toEqual([
      first,
      `${filler(20)}.\n${filler(20)}. ${filler(50)}`,
    ]);
  });

  it('takes no border that would make a silly small part', () => {
    const parts = texts(`Well.\n\n${filler(300)}`);
    expect(parts[0]?.length).toBeGreaterThan(1900);
  });

  it('takes a line before a sentence, a sentence before a word', () => {
    expect(texts(`${filler(140)}\n${filler(10)}. ${filler(100)}`)[0]).toBe(filler(140));
    expect(texts(`${filler(150)}. ${filler(100)}`)[0]).toBe(`${filler(150)}.`);
    expect(texts(filler(300))[0]).toBe(filler(200));
  });

  it('knows Chinese sentences, and cuts text without spaces between characters', () => {
    const sentence = `${'银河系漫游指南'.repeat(10)}。`;
    for (const part of texts(sentence.repeat(60), telegram)) expect(part.endsWith('。')).toBe(true);
    expect(texts('银'.repeat(3000)).map((part) => part.length)).toEqual([2000, 1000]);
  });

  it('closes a fence and opens it again with its language', () => {
    const code = Array.from({ length: 120 }, (_, i) => `  const value${i} = compute(${i});`);
    const [first = '', second = '', ...more] = texts(`Look:\n\n\`\`\`ts\n${code.join('\n')}\n\`\`\`\n\nDone.`);
    expect(first.startsWith('Look:\n\n```ts\n  const value0 =')).toBe(true);
    expect(first.endsWith(';\n```')).toBe(true);
    expect(second.startsWith('```ts\n  const value')).toBe(true);
    expect([first, second, ...more].join('\n').match(/const value/g)).toHaveLength(120);
    expect([second, ...more].at(-1)?.endsWith('\n```\n\nDone.')).toBe(true);
  });

  it('cuts before a fence that begins in the last third', () => {
    const text = filler(180);
    const code = `\`\`\`py\n${'print("hello")\n'.repeat(30)}\`\`\``;
    expect(texts(`${text}\n\n${code}`)).toEqual([text, code]);
  });

  it('does not begin a part with the end of a fence', () => {
    for (let length = 1900; length < 2010; length++) {
      const [first, second] = texts(`\`\`\`\n${'x'.repeat(length)}\n\`\`\`\nand then ${filler(30)}`);
      expect(first?.endsWith('x\n```'), String(length)).toBe(true);
      if (length <= 1992) expect(second?.startsWith('and then')).toBe(true);
    }
  });

  it('cuts before emphasis and code rather than inside', () => {
    for (const mark of ['**', '_', '~~', '||', '`']) {
      const marked = `${mark}${filler(30)}${mark}`;
      const parts = texts(`${filler(185)} ${marked} ${filler(20)}`);
      expect(parts).toEqual([filler(185), `${marked} ${filler(20)}`]);
    }
  });

  it('closes and opens again what is too long for that', () => {
    for (const mark of ['**', '_', '||', '`']) {
      const parts = texts(`${mark}${filler(300)}${mark}`);
      expect(parts).toHaveLength(2);
      for (const part of parts) expect(part.startsWith(`${mark}word`) && part.endsWith(`words${mark}`)).toBe(true);
    }
  });

  it('does not take a lone star for emphasis in the next message', () => {
    const parts = texts(`5 *x is a star. ${filler(300)}\n\n${filler(20)}`);
    expect(parts.at(-1)?.startsWith('wordwords')).toBe(true);
  });

  it('moves a link to the next message as a whole', () => {
    const link = '[a towel](https://example.com/towel)';
    expect(texts(`${filler(198)} ${link} ${filler(5)}`)).toEqual([filler(198), `${link} ${filler(5)}`]);
    expect(texts(`${'银'.repeat(1990)}https://example.com/towel`)[1]).toBe('https://example.com/towel');
  });

  it('does not leave a heading or the mark of a list item behind', () => {
    const section = `## Towels\n\n${filler(60)}`;
    expect(texts(`${filler(185)}\n\n${section}`)).toEqual([filler(185), section]);
    expect(texts(`${filler(199)}\n1. ${filler(10)}`)).toEqual([filler(199), `1. ${filler(10)}`]);
  });

  it('keeps the indentation of a line, drops the space of a word', () => {
    const source = `${'- item of a list\n'.repeat(110)}${'  - item below\n'.repeat(40)}`;
    expect(texts(source)[1]?.startsWith('  - item below')).toBe(true);
  });

  it('counts what the platform counts', () => {
    const link = '[towel](https://example.com/a/very/long/address/of/a/towel) ';
    const options: SplitOptions = { limit: 600, measure: (text) => text.replace(/\]\([^)]*\)|\[/g, '').length };
    expect(texts(link.repeat(100).trim(), options)).toHaveLength(1);
    expect(texts(link.repeat(101).trim(), options)).toHaveLength(2);
  });

  it('refuses a limit that leaves no room to work in', () => {
    expect(() => splitText('x', { ...discord, limit: 63 }, whole)).toThrow(RangeError);
  });
});

describe('Splitter', () => {
  it('shows a growing fence closed and the rest of it in the next part', () => {
    const splitter = new Splitter(discord);
    expect(splitter.update('Look:\n```ts').map((part) => part.text)).toEqual(['Look:']);
    expect(splitter.update('Look:\n```ts\nlet a').map((part) => part.text)).toEqual(['Look:\n```ts\nlet a\n```']);
    const parts = splitter.update(`Look:\n\`\`\`ts\n${'let a = 1;\n'.repeat(200)}let b`);
    expect(parts.map((part) => part.final)).toEqual([true, false]);
    expect(parts[1]?.text.startsWith('```ts\nlet a = 1;\n')).toBe(true);
    expect(parts[1]?.text.endsWith('let b\n```')).toBe(true);
  });

  it('begins again with a text that does not go on from the last', () => {
    const splitter = new Splitter(discord);
    splitter.update(filler(500));
    expect(splitter.update('Another answer.')).toEqual([{ text: 'Another answer.', from: 0, to: 15, final: false }]);
  });

  it('has an empty last part while there is nothing to show', () => {
    expect(new Splitter(discord).update('**')).toEqual([{ text: '', from: 0, to: 2, final: false }]);
  });
});
