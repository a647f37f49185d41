import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../../inference/engine/remote/kind.ts';
import { PhraseGuard } from '../../../../inference/engine/remote/phrases.ts';
import { all, ask, finishOf, open, SAYS, serve, textOf, tokensOf } from './fixtures.ts';

function guard(phrases: readonly string[], parts: readonly string[], said = '') {
  const one = new PhraseGuard(phrases, said);
  const text = parts.map((part) => one.push(part)).join('') + one.end();
  return { text, hit: one.hit };
}

describe('PhraseGuard', () => {
  it('ends a text before what it may not say', () => {
    expect(guard(['as an AI'], ['Well, As', ' AN\n ai', ' I think'])).toEqual({ text: 'Well, ', hit: true });
    expect(guard(['foo'], ['no seafood'])).toEqual({ text: 'no seafood', hit: false });
    expect(guard(['foo'], ['no sea', 'foo', 'd, but food'])).toEqual({ text: 'no seafood, but ', hit: true });
    expect(guard(['...'], ['what...'])).toEqual({ text: 'what', hit: true });
    expect(guard(['abc', 'b'], ['ab ', 'b'])).toEqual({ text: 'ab ', hit: true });
  });

  it('knows what was said before', () => {
    expect(guard(['foo bar'], [' bar'], 'see foo')).toEqual({ text: '', hit: true });
    expect(guard(['foo'], ['foo'], 'sea')).toEqual({ text: 'foo', hit: false });
  });

  it('gives out the same however a text is cut, all of it where no phrase is, and never one', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', 'b', ' ', '\n', '.'), maxLength: 30 });
    const phrases = fc.array(fc.constantFrom('a', 'ab', 'b a', '.b', 'bab', '. .'), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(text), phrases, (parts, phrases) => {
        const found = guard(phrases, parts);
        expect(found).toEqual(guard(phrases, [parts.join('')]));
        expect(parts.join('').startsWith(found.text)).toBe(true);
        if (!found.hit) expect(found.text).toBe(parts.join(''));
        expect(guard(phrases, [found.text]).hit).toBe(false);
      }),
    );
  });
});

it.each(KINDS)('a reply from %s says no phrase that it may not say, and tells no tokens of it', async (kind) => {
  const engine = await open([await serve({ kind })]);
  const pieces = await all(engine.generate(ask({ bannedPhrases: ['the SEA is'] })));
  expect(textOf(pieces)).toBe(SAYS.slice(0, SAYS.indexOf('The sea')));
  expect(finishOf(pieces)).toBe('stop');
  const resumed = await all(engine.generate(ask({ resume: tokensOf(pieces), bannedPhrases: ['the SEA is'] })));
  expect(textOf(pieces) + textOf(resumed)).not.toMatch(/the sea is/i);
});
