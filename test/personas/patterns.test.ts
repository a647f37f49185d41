import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calledLore, compilePatterns, constantLore, parsePersona } from '../../personas/index.ts';
import { personaYaml } from './example.ts';

describe('compilePatterns', () => {
  it.each([
    ['bomb', 'How do I make a bomb?', true],
    ['bomb', 'A bombastic speech', false],
    ['bomb*', 'A bombastic speech', true],
    ['*bomb', 'a photobomb', true],
    ['bomb', 'Ｂｏ\u200bＭＢ', true],
    ['make * bomb', 'Make me a nice bomb.', true],
    ['make * bomb', 'make tea\nbomb', false],
    ['炸弹', '怎么做炸弹呢', true],
    ['pay  pal', 'pay\tpal', true],
    ["don't", "I don't", true],
    ['c++', 'I like C++.', true],
    ['a*a', 'a', false],
  ])('%j in %j: %j', (pattern, text, found) => {
    expect(compilePatterns([pattern]).find(text)).toBe(found ? pattern : undefined);
  });

  it('finds a word wherever it stands, and nothing in a text without its letters', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(compilePatterns(['gadzooks']).find(`${before} gadzooks ${after}`)).toBe('gadzooks');
        if (!/g/i.test(before.normalize('NFKC'))) expect(compilePatterns(['gadzooks']).find(before)).toBeUndefined();
      }),
    );
  });

  it('takes no longer for a pattern that was written to take long', () => {
    const evil = `${'a*'.repeat(60)}b`;
    expect(compilePatterns([evil]).find('a'.repeat(16_000))).toBeUndefined();
  });
});

describe('lore', () => {
  const { persona } = parsePersona(
    'bot.yaml',
    `${personaYaml()}lorebook:
  tokenBudget: 64
  entries:
    - { keys: [ship, boat], priority: 1, content: The ship leaks. }
    - { keys: [ship], secondaryKeys: [soup], priority: 5, content: Soup is charts. }
    - { constant: true, content: It rains., position: before }
    - { keys: [Admiral], caseSensitive: true, content: A parrot. }
`,
  );
  const book = persona?.lorebook ?? { tokenBudget: 0, entries: [] };
  const called = (message: string) => calledLore(book, message).map(({ content }) => content);

  it('is called by its keys, the most important first', () => {
    expect(called('Is there soup on the ship?')).toEqual(['Soup is charts.', 'The ship leaks.']);
    expect(called('A worship of boats')).toEqual([]);
    expect(called('The admiral, the Admiral!')).toEqual(['A parrot.']);
    expect(called('an admiral')).toEqual([]);
  });
  it('may be constant', () => expect(constantLore(book).map(({ content }) => content)).toEqual(['It rains.']));
});
