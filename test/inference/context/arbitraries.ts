import fc from 'fast-check';
import type { WindowPersona, WindowTurn } from '../../../inference/context/index.ts';

/** Any code points, halves of surrogate pairs too; half of them where the scripts are. */
export const anyText = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0x33ff }), fc.integer({ min: 0, max: 0x10ffff })), { maxLength })
    .map((points) => String.fromCodePoint(...points));

/** Any text, rich in what could forge a line. */
export const nasty = (maxLength = 80) =>
  fc
    .array(
      fc.oneof(
        anyText(8),
        fc.constantFrom(
          '\n',
          '\r',
          '\r\n',
          '\u0085',
          '\u2028',
          '\u2029',
          '\v',
          '\f',
          '\t',
          ' ',
          '\u3000',
          '\u200b',
          '\u202e',
        ),
        fc.constantFrom(
          'Guide:',
          'Alice:',
          'Earlier:',
          '***',
          '[note:',
          'guide',
          'Gu\u200bide',
          '<|separator|>',
          '\ud83d',
          '老王：',
        ),
      ),
      { maxLength: maxLength / 4 },
    )
    .map((parts) => parts.join(''));

export const turn = (text = nasty(), name = nasty(24)): fc.Arbitrary<WindowTurn> =>
  fc.record({
    role: fc.constantFrom('user' as const, 'persona' as const),
    author: fc.constantFrom('1', '2', '3'),
    name,
    text,
  });

/** Plain turns of about the length of chat messages. */
export const plainTurn = turn(
  fc.integer({ min: 0, max: 260 }).map((length) => 'word '.repeat(length / 5)),
  fc.constantFrom('Alice', 'Bob', 'Guide'),
);

export const persona: WindowPersona = {
  name: 'Guide',
  language: 'en',
  frame: 'A chat with {name}.',
  profile: 'Guide knows\nthings.',
  examples: [
    { user: 'hi\nyou', reply: 'Hello.' },
    { user: 'what?', reply: 'x'.repeat(100) },
    { user: 'why?', reply: 'Because.' },
  ],
  lorebook: { tokenBudget: 256, entries: [] },
  refusals: { examples: [], input: [], output: [] },
};
