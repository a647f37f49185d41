import { isDeepStrictEqual } from 'node:util';
import type { Persona, PersonaData } from '../schema.ts';
import { mergeBook } from './book.ts';
import { importCard } from './import.ts';
import { membersOf, withMembers } from './json.ts';
import { printData, printFields, sources } from './print.ts';

/**
 * A persona as the text of a card. What a card has no place for (lines, moods, refusals ...) is kept in `extensions.wisecrack`.
 *
 * @param raw - the card that the persona was imported from. What was not changed since stays byte for byte: other programs' extensions,
 *   notes, tags, the order and the numbers. A persona that was not changed at all is that very card.
 */
export function exportCard(persona: Persona, raw?: string): string {
  const { id, ...data } = persona;
  if (raw === undefined) return printFields(data, { wisecrack: data });
  const before = importCard(raw, { id, avatar: persona.avatar }).persona;
  if (isDeepStrictEqual(before, persona)) return raw;

  const changed = fieldsThatDiffer(persona, before);
  const json = withFields(raw, persona, changed);
  // An example may be made of a greeting where the card has none: what would not come back as it is must be written, too.
  const back = importCard(json, { id, avatar: persona.avatar }).persona;
  const lost = fieldsThatDiffer(persona, back);
  return lost.length === 0 ? json : withFields(raw, persona, [...changed, ...lost]);
}

type Field = keyof typeof sources;

function fieldsThatDiffer(a: Persona, b: Persona): Field[] {
  return (Object.keys(sources) as Field[]).filter((field) => !isDeepStrictEqual(a[field], b[field]));
}

/** The card with some of its persona's fields written anew. */
function withFields(raw: string, { id: _, ...data }: Persona, fields: readonly Field[]): string {
  const start = raw.indexOf('{');
  const root = raw.slice(start);
  const old = memberOf(root, 'data') ?? '{}';
  const printed: Record<string, unknown> = printData(data);
  const changes = new Map<string, string>();
  for (const key of fields.flatMap((field) => sources[field])) {
    const value = key === 'character_book' ? bookOf(old, data) : JSON.stringify(printed[key]);
    if (value !== undefined) changes.set(key, value);
    // A nickname would go on hiding the new name.
    else if (memberOf(old, key) !== undefined) changes.set(key, key === 'nickname' ? '""' : 'null');
  }
  const extensions = objectOr(memberOf(old, 'extensions'), '{}');
  changes.set('extensions', withMembers(extensions, new Map([['wisecrack', JSON.stringify(data)]])));
  return raw.slice(0, start) + withMembers(root, new Map([['data', withMembers(old, changes)]]));
}

/** A card's text in the other version; version 3 is version 2 with more fields. @param version - '2.0' or '3.0' */
export function asVersion(json: string, version: '2.0' | '3.0'): string {
  const start = json.indexOf('{');
  const root = json.slice(start);
  const spec = version === '3.0' ? 'chara_card_v3' : 'chara_card_v2';
  if (memberOf(root, 'spec') === JSON.stringify(spec)) return json;
  const data = memberOf(root, 'data') ?? '{}';
  const changes = new Map([
    ['spec', JSON.stringify(spec)],
    ['spec_version', JSON.stringify(version)],
  ]);
  if (version === '3.0' && memberOf(data, 'group_only_greetings') === undefined) {
    changes.set('data', withMembers(data, new Map([['group_only_greetings', '[]']])));
  }
  return json.slice(0, start) + withMembers(root, changes);
}

const NEWER = 'This card is of version 3, read as version 2; a program that knows version 3 shows all of it.';

/** A card for programs that know only version 2; one of version 3 says so in its notes, as the specification asks. */
export function asOlder(json: string): string {
  const older = asVersion(json, '2.0');
  if (older === json) return json;
  const start = older.indexOf('{');
  const root = older.slice(start);
  const data = memberOf(root, 'data') ?? '{}';
  const notes = JSON.parse(memberOf(data, 'creator_notes') ?? 'null') as unknown;
  const told = typeof notes === 'string' && notes !== '' ? `${notes}\n\n${NEWER}` : NEWER;
  const changed = withMembers(data, new Map([['creator_notes', JSON.stringify(told)]]));
  return older.slice(0, start) + withMembers(root, new Map([['data', changed]]));
}

/** The text of a member's value. */
export function memberOf(object: string, key: string): string | undefined {
  const member = membersOf(object, 0).find((each) => each.key === key);
  return member && object.slice(member.from, member.to);
}

function bookOf(data: string, persona: PersonaData): string | undefined {
  const raw = memberOf(data, 'character_book');
  if (raw?.startsWith('{')) return mergeBook(raw, persona.lorebook);
  const { character_book: book } = printData(persona);
  return book && JSON.stringify(book);
}

function objectOr(text: string | undefined, fallback: string): string {
  return text?.startsWith('{') ? text : fallback;
}
