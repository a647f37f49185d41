import { isDeepStrictEqual } from 'node:util';
import type { Lorebook, LoreEntry } from '../schema.ts';
import { elementsOf, membersOf, withMembers } from './json.ts';
import { type Note, note } from './notes.ts';
import { refuse } from './refuse.ts';
import { type CardBook, type CardEntry, parseEntry } from './schema.ts';
import { shorten, tidy } from './tidy.ts';

const MAX_ENTRIES = 500;
const MAX_CONTENT = 8000;
const DEFAULT_BUDGET = 256;

/** The lorebook of a card, and what of it was left out. @throws WisecrackError WISECRACK_CARD_INVALID when it is huge. */
export function readBook(book: CardBook | undefined): { lorebook: Lorebook; notes: Note[] } {
  const raw = book?.entries ?? [];
  if (raw.length > MAX_ENTRIES) refuse('loreEntries', { count: raw.length, most: MAX_ENTRIES });
  const entries = raw.flatMap((entry) => readEntry(entry) ?? []);
  const left = raw.length - entries.length;
  const notes = left > 0 ? [note('loreLeft', { left, of: raw.length })] : [];
  const tokenBudget = Math.min(4096, Math.max(16, Math.round(book?.token_budget ?? DEFAULT_BUDGET)));
  return { lorebook: { tokenBudget, entries }, notes };
}

/** A lorebook as a card holds it. @returns undefined when there is nothing to tell. */
export function printBook({ tokenBudget, entries }: Lorebook): object | undefined {
  if (entries.length === 0 && tokenBudget === DEFAULT_BUDGET) return undefined;
  return { token_budget: tokenBudget, extensions: {}, entries: entries.map(printEntry) };
}

/**
 * A card's lorebook with other entries. What we do not understand of it stays byte for byte: the book's own members, entries that mean
 * what they meant, the members of an entry with the same keys, and entries that were not read.
 *
 * @param raw - the book's text, an object.
 */
export function mergeBook(raw: string, lorebook: Lorebook): string {
  const member = membersOf(raw, 0).find(({ key }) => key === 'entries');
  const old = member ? elementsOf(raw, member.from).map(({ from, to }) => raw.slice(from, to)) : [];
  const left = old.map((text) => ({ text, read: readEntry(parseEntry(text)) }));
  const take = (fits: (read: LoreEntry) => boolean): string | undefined => {
    const at = left.findIndex(({ read }) => read !== undefined && fits(read));
    return at < 0 ? undefined : left.splice(at, 1)[0]?.text;
  };
  const entries = lorebook.entries.map((entry, index) => {
    const same = take((read) => isDeepStrictEqual(read, entry));
    if (same !== undefined) return same;
    const known = take((read) => isDeepStrictEqual(read.keys, entry.keys));
    const { extensions, ...members } = printEntry(entry, index);
    if (known === undefined) return JSON.stringify({ ...members, extensions });
    return withMembers(known, new Map(Object.entries(members).map(([key, value]) => [key, JSON.stringify(value)])));
  });
  const unread = left.filter(({ read }) => read === undefined).map(({ text }) => text);
  return withMembers(
    raw,
    new Map([
      ['token_budget', String(lorebook.tokenBudget)],
      ['entries', `[${[...entries, ...unread].join(',')}]`],
    ]),
  );
}

function readEntry(entry: CardEntry): LoreEntry | undefined {
  if (entry.enabled === false || entry.use_regex === true) return undefined;
  const { content, isOff } = withoutDecorators(tidy(entry.content));
  const keys = readKeys(entry.keys);
  const constant = entry.constant === true;
  if (isOff || content === '' || (keys.length === 0 && !constant)) return undefined;
  return {
    keys,
    secondaryKeys: entry.selective === true ? readKeys(entry.secondary_keys) : [],
    caseSensitive: entry.case_sensitive === true,
    constant,
    priority: clamp(entry.priority ?? entry.insertion_order ?? 0),
    position: entry.position === 'before_char' ? 'before' : 'after',
    content: shorten(content, MAX_CONTENT),
  };
}

function printEntry(entry: LoreEntry, index: number) {
  return {
    keys: entry.keys,
    content: entry.content,
    extensions: {},
    enabled: true,
    insertion_order: index,
    use_regex: false,
    case_sensitive: entry.caseSensitive,
    constant: entry.constant,
    priority: entry.priority,
    selective: entry.secondaryKeys.length > 0,
    secondary_keys: entry.secondaryKeys,
    position: `${entry.position}_char`,
  };
}

const readKeys = (keys: readonly string[]) =>
  keys
    .map((key) => tidy(key).replace(/\n/g, ' '))
    .filter((key) => key !== '' && key.length <= 80)
    .slice(0, 50);

const clamp = (priority: number) => Math.min(100_000, Math.max(-100_000, Math.round(priority))) || 0;

/** Lines like `@@depth 4` tell other programs where to put an entry; only the one that switches it off means something here. */
function withoutDecorators(content: string): { content: string; isOff: boolean } {
  const decorators = /^(?:[^\S\n]*@@.*(?:\n|$))*/.exec(content)?.[0] ?? '';
  return { content: content.slice(decorators.length).trim(), isOff: /^[^\S\n]*@@@?dont_activate\b/m.test(decorators) };
}
