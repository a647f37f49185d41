import fc from 'fast-check';
import type { SplitOptions } from '../../../../bots/chat/split/index.ts';

/** What a model may write, whole things and broken ones, as one text. */

const words = ['the', 'a', 'Grok', 'witty', 'answer', 'towel', 'don’t', 'naïve', 'Wisecrack', 'x', '42', 'snake_case'];
const chinese = ['银河', '系', '漫游', '指南', '不要', '恐慌', '。', '！', '，', '？', '“你好”', '：'];
const rightToLeft = ['مرحبا', 'بالعالم', 'שלום', 'עולם', '؟'];
const emoji = ['👩‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '👍🏽', '🇩🇪', '🇨🇳', 'e\u0301', '👨‍💻', '\u0e01\u0e33', 'क्षि', '🙂', '1️⃣'];
const invisible = ['\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u202e', '\u0301'];

/** Mentions, emoji, times, commands and addresses: at most 60 characters, so each fits into a message. */
export const things = [
  '<@1234567890>',
  '<@!42>',
  '<#99>',
  '<@&7>',
  '<:wave:123456>',
  '<a:dance:98765>',
  '<t:1700000000:R>',
  '<t:1700000000>',
  '</ask:1122>',
  '@zaphod_42',
  'https://example.com/a/b?c=d&e=f#g',
  'http://example.org/wiki/Towel_(object)',
  '<https://example.com/quiet>',
];

/** Links; in code they are none. */
export const links = [
  '[the guide](https://example.com/guide)',
  '[银河](https://example.com/%E9%93%B6)',
  '![a cat](https://example.com/cat.png)',
];

const marks = [
  '*',
  '**',
  '***',
  '_',
  '__',
  '~~',
  '||',
  '`',
  '``',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '\\',
  '!',
  '@',
  '# ',
  '- ',
  '1. ',
];
const spaces = [' ', ' ', ' ', '\n', '\n\n', '  ', '\n\n\n', '\t', ' \n ', '\u00a0', '\u3000', '\r\n'];

const oneOf = (list: readonly string[]) => fc.constantFrom(...list);

const plainWord = fc.oneof(
  { weight: 6, arbitrary: oneOf(words) },
  { weight: 3, arbitrary: oneOf(chinese) },
  oneOf(rightToLeft),
  oneOf(emoji),
);

const sentence = fc
  .tuple(
    fc.array(fc.oneof({ weight: 8, arbitrary: plainWord }, { weight: 1, arbitrary: oneOf([...things, ...links]) }), {
      minLength: 1,
      maxLength: 14,
    }),
    oneOf(['.', '!', '?', '…', '。', '']),
  )
  .map(([list, stop]) => list.join(' ') + stop);

const styled = fc
  .tuple(oneOf(['*', '**', '***', '_', '__', '~~', '||', '`', '``']), sentence)
  .map(([mark, text]) => mark + text + mark);

const codeLine = fc.oneof(
  oneOf([
    'const x = 1;',
    '  return a || b;',
    '',
    '\tif (x) {',
    '}',
    '# comment',
    '`quoted` * 2',
    '- list',
    'print("**")',
  ]),
  fc.array(oneOf(words), { maxLength: 12 }).map((list) => `  ${list.join(' ')}`),
);

const fence = fc
  .tuple(
    oneOf(['```', '````', '~~~']),
    oneOf(['', 'ts', 'python', 'c++']),
    oneOf(['', '', '  ', '   ']),
    fc.array(codeLine, { maxLength: 14 }),
    fc.boolean(),
  )
  .map(
    ([run, language, indent, lines, closed]) =>
      `\n${[`${indent}${run}${language}`, ...lines, ...(closed ? [`${indent}${run}`] : [])].join('\n')}\n`,
  );

const list = fc
  .array(sentence, { minLength: 1, maxLength: 5 })
  .map((items) => `\n${items.map((item) => `- ${item}\n`).join('')}`);

const longWord = fc
  .tuple(
    oneOf([
      'a',
      '`',
      '*',
      '_',
      '~',
      '|',
      '[',
      '<',
      '\u0301',
      ' ',
      '\n',
      '银',
      '👍🏽',
      '\ud83d',
      '@',
      '\\',
      '```',
      '**x',
    ]),
    fc.integer({ min: 5, max: 300 }),
  )
  .map(([unit, times]) => unit.repeat(times));

const piece = fc.oneof(
  { weight: 8, arbitrary: sentence },
  { weight: 3, arbitrary: styled },
  { weight: 3, arbitrary: fence },
  { weight: 2, arbitrary: list },
  { weight: 4, arbitrary: oneOf([...things, ...links]) },
  { weight: 3, arbitrary: oneOf(chinese) },
  { weight: 1, arbitrary: oneOf(emoji) },
);

const join = (pieces: readonly [string, string][]) => pieces.map(([text, space]) => text + space).join('');

/** Text as a model writes it, without code. */
export const prose = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 3, arbitrary: sentence },
        list,
        oneOf(chinese),
        oneOf([...things, ...links]),
        oneOf(['**', '_', '||']),
      ),
      fc.oneof(oneOf(spaces), fc.constant('')),
    ),
    { maxLength: 40 },
  )
  .map(join);

/** Text as a model writes it. */
export const reply = fc.array(fc.tuple(piece, fc.oneof(oneOf(spaces), fc.constant(''))), { maxLength: 40 }).map(join);

/** Anything, also what nobody would write. */
export const hostile = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 3, arbitrary: piece }, { weight: 3, arbitrary: oneOf(marks) }, oneOf(invisible), longWord),
      fc.oneof(oneOf(spaces), fc.constant('')),
    ),
    { maxLength: 40 },
  )
  .map(join);

const length = (text: string) => text.length;

/** Like a platform that counts after rendering: marks are gone, links are their labels. */
const rendered = (text: string) =>
  text
    .replace(/^ {0,3}(?:`{3,}|~{3,})[^\n]*\n?/gm, '')
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replace(/[*_`~|]+/g, '').length;

export const platforms = fc
  .tuple(fc.integer({ min: 64, max: 400 }), fc.constantFrom(length, rendered))
  .map(([limit, measure]): SplitOptions => ({ limit, measure }));

/** Such that none of `things` is longer than the limit, also with a fence around it. */
export const roomyPlatforms = fc
  .integer({ min: 120, max: 400 })
  .map((limit): SplitOptions => ({ limit, measure: length }));
