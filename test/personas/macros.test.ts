import fc from 'fast-check';
import { expect, it } from 'vitest';
import { words } from '../../inference/context/index.ts';
import { expandMacros, parsePersona } from '../../personas/index.ts';
import { friends } from '../../personas/name.ts';
import { personaYaml } from './example.ts';

const cast = { char: 'Ada', user: 'Friend' };

it.each([
  ['{{char}} meets {{user}}.', 'Ada meets Friend.'],
  ['{{ Char }}, <BOT>, <char>, <User>', 'Ada, Ada, Ada, Friend'],
  ['{{random:a,b}} {char} {{chars}}', '{{random:a,b}} {char} {{chars}}'],
  ['{{{{char}}}}', '{{Ada}}'],
])('%s', (text, expanded) => expect(expandMacros(text, cast)).toBe(expanded));

it('does not look again at what it put in', () => {
  expect(expandMacros('{{char}}{{user}}', { char: '{{user}}', user: '{{char}}' })).toBe('{{user}}{{char}}');
  expect(expandMacros('{{char}}', { char: '$&$1', user: '' })).toBe('$&$1');
});

it('leaves texts without macros as they are, and none of its own behind', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('{{char}}', '{{USER}}', '<bot>', '{{', '}}', '<', 'user'));
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      const expanded = expandMacros(text, { char: 'A', user: 'B' });
      expect(expanded.length).toBeLessThanOrEqual(text.length);
      if (!/char|user|bot/i.test(text)) expect(expanded).toBe(text);
      // Nested brackets may make a new one; a second pass over a plain text finds none.
      if (!/[{}<>]/.test(expanded)) expect(expandMacros(expanded, cast)).toBe(expanded);
    }),
  );
});

it('fills every text of a persona, in the language of the text', () => {
  const source = `${personaYaml()}language: zh
greetings: ["{{user}}，我是{{char}}。"]
lorebook: { entries: [{ keys: ["{{char}}"], content: "<BOT> bites." }] }
variants: [{ language: en, greeting: "Hello {{user}}." }]
`;
  const { persona } = parsePersona('bot.yaml', source);
  expect(persona?.greetings).toEqual(['朋友，我是Tester。']);
  expect(persona?.lorebook.entries[0]).toMatchObject({ keys: ['Tester'], content: 'Tester bites.' });
  expect(persona?.variants[0]?.greeting).toBe('Hello Friend.');
});

it('calls the asker what the window calls them', () => {
  expect(friends).toEqual({ en: words.en.friend, zh: words.zh.friend });
});
