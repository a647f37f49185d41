import { z } from 'zod';
import { elementsOf, membersOf, parseJson } from './json.ts';
import { refuse } from './refuse.ts';

/** What other programs leave out or write as null is empty. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value ?? undefined);
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);

const entry = z.object({
  keys: texts,
  secondary_keys: texts,
  selective: flag,
  content: text,
  enabled: flag,
  insertion_order: number,
  priority: number,
  case_sensitive: flag,
  use_regex: flag,
  constant: flag,
  // Some programs write numbers of their own.
  position: z.unknown().optional(),
});

const book = z.object({ token_budget: number, entries: z.array(entry).max(5000).nullish() });

/** What is read of a card; everything else stays in its text. `creator_notes`, `creator` and `tags` are not even read. */
const cardSchema = z.object({
  spec: z.enum(['chara_card_v2', 'chara_card_v3']),
  data: z.object({
    name: text,
    nickname: text,
    description: text,
    personality: text,
    scenario: text,
    first_mes: text,
    alternate_greetings: texts,
    mes_example: text,
    system_prompt: text,
    post_history_instructions: text,
    character_book: book.nullish(),
    assets: z
      .array(z.object({ type: z.string(), uri: z.string(), name: text }))
      .max(1000)
      .nullish(),
    extensions: z.looseObject({ wisecrack: z.unknown().optional() }).nullish(),
  }),
});

export type Card = z.output<typeof cardSchema>;
export type CardBook = z.output<typeof book>;
export type CardEntry = z.output<typeof entry>;

/**
 * Reads a card's text.
 *
 * @throws WisecrackError WISECRACK_CARD_INVALID
 */
export function parseCard(json: string): Card {
  const value = parseJson(json.replace(/^\ufeff/, ''));
  const result = cardSchema.safeParse(value);
  if (result.success) {
    checkKeys(json);
    return result.data;
  }
  const [issue] = result.error.issues;
  const isOld = typeof value === 'object' && value !== null && !('spec' in value) && 'mes_example' in value;
  if (isOld) refuse('version1');
  return refuse('unlikeSpec', { field: issue?.path.join('.') ?? '', reason: issue?.message ?? '' });
}

/** Reads one entry of a lorebook, in a text that was read as part of a card. */
export function parseEntry(json: string): CardEntry {
  return entry.parse(JSON.parse(json));
}

/** A key that is there twice would be read in two ways; asked of every object that an export may write anew. */
function checkKeys(json: string): void {
  const inside = (at: number | undefined, key: string) =>
    at === undefined
      ? undefined
      : membersOf(json, at).find((member) => member.key === key && /[{[]/.test(json[member.from] ?? ''))?.from;
  const data = inside(json.indexOf('{'), 'data');
  const extensions = inside(data, 'extensions');
  if (extensions !== undefined) membersOf(json, extensions);
  const entries = inside(inside(data, 'character_book'), 'entries');
  for (const { from } of entries === undefined ? [] : elementsOf(json, entries)) membersOf(json, from);
}
