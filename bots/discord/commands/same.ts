import type { RESTPostAPIApplicationCommandsJSONBody as Definition } from 'discord.js';

/** Fields in which a command can differ for those who use it. Discord adds others: ids, versions, and what is out of date. */
const fields = [
  'type',
  'name',
  'name_localizations',
  'description',
  'description_localizations',
  'default_member_permissions',
  'nsfw',
  'integration_types',
  'contexts',
  'required',
  'autocomplete',
  'choices',
  'value',
  'options',
  'channel_types',
  'min_value',
  'max_value',
  'min_length',
  'max_length',
];

/** Where the order says nothing. */
const sets = new Set(['integration_types', 'contexts', 'channel_types']);

/** Whether what Discord has registered is what we want, as far as anybody could tell. */
export function sameCommands(ours: readonly Definition[], theirs: readonly unknown[]): boolean {
  return canonical(ours) === canonical(theirs);
}

function canonical(commands: readonly unknown[]): string {
  return JSON.stringify(commands.map((command) => JSON.stringify(normal(command))).sort());
}

function normal(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const parts = value.map((part) => normal(part));
    return sets.has(key) ? parts.sort() : parts;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Record<string, unknown>);
  // Languages are not in the list of fields.
  const kept = key.endsWith('_localizations') ? entries.sort() : known(entries);
  return Object.fromEntries(
    kept.map(([name, part]) => [name, normal(part, name)]).filter(([, part]) => !isNothing(part)),
  );
}

function known(entries: [string, unknown][]): [string, unknown][] {
  const byName = new Map(entries);
  return fields.filter((field) => byName.has(field)).map((field) => [field, byName.get(field)]);
}

/** Discord says nothing, null, false, '' or [] where there is nothing. 0 and the type of a command are something. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
