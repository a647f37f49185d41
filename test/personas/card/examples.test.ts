import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExamples, printExamples } from '../../../personas/card/examples.ts';
import { importCard } from '../../../personas/card/index.ts';

const read = (text: string) => parseExamples(text, 'Ada');

describe('parseExamples', () => {
  it('reads blocks of turns, each with all of its lines', () => {
    const text =
      '<START>\n{{user}}: One?\n{{char}}: Uno.\nTwo lines.\n<start>\n{{User}}: Three?\nAda: Tre.\n<USER>：四？\n<BOT>：四。';
    expect(read(text)).toEqual([
      { user: 'One?', reply: 'Uno.\nTwo lines.' },
      { user: 'Three?', reply: 'Tre.' },
      { user: '四？', reply: '四。' },
    ]);
  });

  it('takes several turns of one for one, silence for no question, and leaves out who is not answered', () => {
    const text =
      'The sun rises.\n{{char}}: Morning.\n{{char}}: Well?\n{{user}}: a\n{{user}}: b\n{{char}}: c\n{{user}}: d';
    expect(read(text)).toEqual([
      { user: '...', reply: 'Morning.\nWell?' },
      { user: 'a\nb', reply: 'c' },
    ]);
  });

  it('does not take a <START> inside a line for one, nor a name inside a word', () => {
    expect(read('{{user}}: say <START> now\nAdamant: no\n{{char}}: <START> x')).toEqual([
      { user: 'say <START> now\nAdamant: no', reply: '<START> x' },
    ]);
    expect(read('<START><START>\n<START>\n\n<START>')).toEqual([]);
  });

  it('reads what it prints, where no line of a text looks like a turn', () => {
    const line = fc.string({ minLength: 1 }).map((text) => `x${text.replace(/\s+/g, ' ').trim()}`);
    const said = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(fc.record({ user: said, reply: said })), (examples) => {
        expect(read(printExamples(examples))).toEqual(examples);
      }),
    );
  });

  it('ends for any text, with no turn that is empty', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('<START>', '\n', '{{user}}:', '{{char}}:', 'Ada:', ' '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        for (const { user, reply } of read(pieces.join(''))) {
          expect(user.trim()).not.toBe('');
          expect(reply.trim()).not.toBe('');
        }
      }),
    );
  });
});

const said = (notes: readonly { message: string }[]) => notes.map(({ message }) => message);

describe('importCard', () => {
  const take = (data: object) =>
    importCard(JSON.stringify({ spec: 'chara_card_v2', spec_version: '2.0', data: { name: 'Ada', ...data } }), {
      id: 'ada',
    });

  it('makes a whole persona', () => {
    const { persona, notes, yaml } = take({
      description: '{{char}} counts 3.5 clouds. She is {{random:tall,small}}. {{// a comment}}',
      personality: 'Exact.',
      scenario: 'An attic with {{user}}.',
      first_mes: 'Hello {{user}}.',
      alternate_greetings: ['Yes?', ''],
      mes_example: '<START>\n{{user}}: What is <BOT>?\n{{char}}: {{char}} is me.',
      character_book: {
        token_budget: 100,
        entries: [
          {
            keys: ['engine', ' '],
            content: '@@depth 4\n@@role system\nIt is brass.',
            insertion_order: 5,
            enabled: true,
          },
          {
            keys: ['x'],
            secondary_keys: ['y'],
            selective: true,
            content: 'Z.',
            position: 'before_char',
            priority: 2,
            enabled: true,
          },
          { keys: ['off'], content: 'Off.', enabled: false },
          { keys: ['(a+)+$'], content: 'Slow.', use_regex: true, enabled: true },
          { keys: [], content: '@@dont_activate\nNever.', constant: true, enabled: true },
        ],
      },
    });
    expect(persona).toMatchObject({
      name: 'Ada',
      description: 'Ada counts 3.5 clouds.',
      language: 'en',
      profile: 'Ada counts 3.5 clouds. She is tall.\nExact.\nAn attic with Friend.',
      greeting: 'Hello Friend.',
      greetings: ['Yes?'],
      examples: [{ user: 'What is Ada?', reply: 'Ada is me.' }],
      lorebook: {
        tokenBudget: 100,
        entries: [
          { keys: ['engine'], content: 'It is brass.', priority: 5, position: 'after', secondaryKeys: [] },
          { keys: ['x'], content: 'Z.', priority: 2, position: 'before', secondaryKeys: ['y'] },
        ],
      },
    });
    expect(persona.lorebook.entries).toHaveLength(2);
    expect(notes).toEqual([
      {
        code: 'loreLeft',
        values: { left: 3, of: 5 },
        message: '3 of 5 lorebook entries are off, empty, or called by patterns: left out',
      },
    ]);
    expect(yaml).toContain('{{char}} counts 3.5');
  });

  it('speaks Chinese where the card does', () => {
    const { persona } = take({ name: '小翠', description: '小翠是茶馆的伙计。', first_mes: '来啦！', mes_example: '' });
    expect(persona).toMatchObject({ language: 'zh', name: '小翠', description: '小翠是茶馆的伙计。' });
    expect(persona.examples).toEqual([{ user: '你好！', reply: '来啦！' }]);
    expect(persona.lines.error[0]).toMatch(/\p{sc=Han}/u);
  });

  it('says what it shortened, at the end of a sentence', () => {
    const { persona, notes } = take({ description: 'This goes on. '.repeat(1000), first_mes: 'Hi.' });
    expect(persona.profile).toMatch(/on\.$/);
    expect(persona.profile.length).toBeLessThanOrEqual(5000);
    expect(said(notes)).toContainEqual(
      expect.stringMatching(/^the profile is long: the first \d+ of 13999 characters/),
    );
  });

  it('says which macros of other programs are left', () => {
    const { notes } = take({
      description: '{{char}} knows it is {{time}}. {{ user }}!',
      first_mes: '{{time}} {{idle_duration}}',
    });
    expect(said(notes)).toContain('macros that mean nothing here stay as they are: {{time}}, {{idle_duration}}');
  });

  it('prefers a nickname, and reads null as nothing', () => {
    const { persona } = take({
      nickname: 'Ace',
      personality: null,
      mes_example: null,
      character_book: null,
      extensions: null,
      tags: null,
    });
    expect(persona).toMatchObject({ name: 'Ace', greeting: 'Hello. I am Ace.', profile: 'Ace.' });
  });
});
