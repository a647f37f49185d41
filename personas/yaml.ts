import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { type PersonaData, personaSchema } from './schema.ts';

/** In this order a persona is read best. */
const order = [
  'name',
  'description',
  'avatar',
  'language',
  'nsfw',
  'frame',
  'profile',
  'examples',
  'greeting',
  'greetings',
].concat(['sampling', 'moods', 'replyTokens', 'stop', 'bannedPhrases', 'lines', 'lorebook', 'refusals', 'variants']);

/**
 * The text of a persona file; what is as by default is left out. Reading it gives the same persona.
 *
 * @param schema - where the JSON Schema lies: editors that know YAML then complete and check the file.
 */
export function personaYaml(persona: PersonaData, schema?: string): string {
  const short = withoutDefaults(persona, defaults) as Record<string, unknown>;
  const sorted = order.filter((key) => short[key] !== undefined).map((key) => [key, short[key]]);
  const head = schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`;
  return head + stringify(Object.fromEntries(sorted), { lineWidth: 120, aliasDuplicateObjects: false });
}

/** What the schema fills in where nothing is said. */
const {
  name: _,
  description: _1,
  profile: _2,
  examples: _3,
  greeting: _4,
  lines: _5,
  ...defaults
} = personaSchema.parse({
  ...{ name: 'x', description: 'x', profile: 'x', greeting: 'x', examples: [{ user: 'x', reply: 'x' }] },
  lines: { error: 'x', busy: 'x', empty: 'x', refused: 'x' },
});
const loreDefaults = {
  keys: [],
  secondaryKeys: [],
  caseSensitive: false,
  constant: false,
  priority: 0,
  position: 'after',
};

/** Groups lose the members that are as by default, and go when none is left. */
function withoutDefaults(value: unknown, usual: unknown, path = ''): unknown {
  if (isDeepStrictEqual(value, usual)) return undefined;
  if (path === 'lorebook.entries') return (value as object[]).map((entry) => withoutDefaults(entry, loreDefaults));
  if (!isGroup(value) || !isGroup(usual)) return value;
  const kept = Object.entries(value).map(([key, part]) => [
    key,
    withoutDefaults(part, usual[key], path ? `${path}.${key}` : key),
  ]);
  return Object.fromEntries(kept.filter(([, part]) => part !== undefined));
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
