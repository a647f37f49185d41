import fc from 'fast-check';
import { type Persona, parsePersona, problemText } from '../../../personas/index.ts';
import type { PersonaData } from '../../../personas/schema.ts';
import { personaYaml } from '../../../personas/yaml.ts';

/** Any characters, lines, YAML's and JSON's own signs, and what means something in a card. */
const piece = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  { weight: 4, arbitrary: fc.string({ maxLength: 12 }) },
  fc.constantFrom(
    '\n',
    '\n\n\n',
    '\r\n',
    ': ',
    '# ',
    '- ',
    '"',
    "'",
    '\\',
    '{{char}}',
    '{{user}}: ',
    '<START>',
    '\n<START>\n',
  ),
  fc.constantFrom(
    '老王',
    '你好。',
    '{name}',
    '\n{{char}}: ',
    '@@depth 4\n',
    '🦜',
    '***',
    '&a *a',
    '!!js',
    '...',
    '~',
    'null',
  ),
);
export const text = fc
  .array(piece, { minLength: 1, maxLength: 8 })
  .map((pieces) => pieces.join('').trim())
  .filter((value) => value !== '');
const line = text.map((value) => value.replace(/\s+/g, ' ').trim().slice(0, 60).trim()).filter((value) => value !== '');
const exchange = fc.record({ user: text, reply: text });
const some = fc.array(line, { minLength: 1, maxLength: 3 });
const pattern = line.map((value) => `x ${value}`);
const mood = fc.record(
  { temperature: fc.constantFrom(0, 0.5, 1.25), minP: fc.constantFrom(0, 0.3) },
  { requiredKeys: [] },
);

const lore = fc
  .record({
    keys: fc.array(line, { maxLength: 3 }),
    secondaryKeys: fc.array(line, { maxLength: 2 }),
    caseSensitive: fc.boolean(),
    constant: fc.boolean(),
    priority: fc.integer({ min: -100, max: 100 }),
    position: fc.constantFrom('before' as const, 'after' as const),
    content: text,
  })
  .filter(({ keys, constant }) => constant || keys.length > 0);

/** A persona as a file would give it. */
export const persona: fc.Arbitrary<Persona> = fc
  .record(
    {
      name: fc.constantFrom('Tester', '老王', 'A-b_c 9'),
      description: line,
      profile: text,
      examples: fc.array(exchange, { minLength: 1, maxLength: 5 }),
      greeting: text,
      lines: fc.record(
        { error: some, busy: some, empty: some, refused: some, full: some },
        { requiredKeys: ['error', 'busy', 'empty', 'refused'] },
      ),
      language: fc.constantFrom('en' as const, 'zh' as const),
      frame: text,
      avatar: fc.constantFrom('https://example.com/a.png'),
      greetings: fc.array(text, { maxLength: 3 }),
      moods: fc.dictionary(fc.constantFrom('wild', 'calm', '__proto', '慢'), mood),
      sampling: mood,
      replyTokens: fc.constantFrom(96, 512),
      stop: fc.array(
        line.map((value) => value.slice(0, 40)),
        { maxLength: 2 },
      ),
      bannedPhrases: fc.array(line, { maxLength: 2 }),
      lorebook: fc.record({ tokenBudget: fc.constantFrom(256, 64), entries: fc.array(lore, { maxLength: 4 }) }),
      refusals: fc.record({
        examples: fc.array(exchange, { maxLength: 2 }),
        input: fc.array(pattern, { maxLength: 2 }),
        output: fc.constant([]),
      }),
      variants: fc.array(fc.record({ language: fc.constantFrom('en' as const, 'zh' as const), greeting: text }), {
        maxLength: 2,
      }),
    },
    { requiredKeys: ['name', 'description', 'profile', 'examples', 'greeting', 'lines'] },
  )
  .map((data) => read(personaYaml(data as unknown as PersonaData)));

export function read(yaml: string, id = 'bot'): Persona {
  const { persona: found, problems } = parsePersona(`${id}.yaml`, yaml);
  if (!found) throw new Error(`${problems.map(problemText).join('\n')}\n${yaml}`);
  return found;
}

/** JSON of any shape with spaces, odd numbers and escapes that no second writer would choose. */
export const rawJson = fc.oneof(
  fc.constantFrom(
    '1.0',
    '12345678901234567890',
    '1e400',
    '-0',
    '"\\u0041\\/"',
    '{ }',
    '[ 1 ,2 ]',
    'null',
    '{"b":1,"2":0,"1":{"x":[]}}',
  ),
  fc.json(),
);
