import { isDeepStrictEqual } from 'node:util';
import { parsePersona } from '../parse.ts';
import { type Persona, type PersonaData, personaSchema } from '../schema.ts';
import { personaYaml } from '../yaml.ts';
import { defaults } from './defaults.ts';
import { type CardFields, readFields } from './fields.ts';
import type { Note } from './notes.ts';
import { printFields } from './print.ts';
import { refuse } from './refuse.ts';
import { type Card, parseCard } from './schema.ts';
import { shorten } from './tidy.ts';

export interface ImportOptions {
  /** The name of its file without ending. */
  readonly id: string;
  /** The picture that lies beside it. */
  readonly avatar?: string | undefined;
  /** Where its JSON Schema lies, for the first line of the file. */
  readonly schema?: string | undefined;
}

/** A persona made of a card. */
export interface Imported {
  readonly persona: Persona;
  /** The text of its file. */
  readonly yaml: string;
  /** What was changed or left out. */
  readonly notes: readonly Note[];
}

/**
 * Makes a persona of a card's text: its description, personality and scenario become the profile, its greetings and example messages
 * greetings and examples, its book the lorebook. What we exported comes back whole, with what was edited since. `creator_notes`,
 * `creator`, `tags`, `system_prompt` and every extension that is not ours stay out of the persona, and so out of every prompt.
 *
 * @throws WisecrackError WISECRACK_CARD_INVALID
 */
export function importCard(json: string, { id, avatar, schema }: ImportOptions): Imported {
  const card = parseCard(json);
  const { fields, language, notes } = readFields(card);
  const own = ownPersona(card);
  const ours = own && readFields(parseCard(printFields(own))).fields;
  // Of each field: ours, unless somebody has changed it in the card since.
  const kept: Partial<CardFields> = Object.fromEntries(
    Object.entries(fields).filter(([key, value]) => !ours || !isDeepStrictEqual(value, ours[key as keyof CardFields])),
  );
  const { avatar: old, ...rest } = own ?? {};
  const picture = avatar ?? (old?.startsWith('https:') ? old : undefined);
  const data = {
    ...(own ? rest : { description: describe(fields), language, lines: defaults[language].lines }),
    ...kept,
    ...(picture !== undefined && { avatar: picture }),
  };
  const yaml = personaYaml({ ...data, name: data.name ?? id } as PersonaData, schema);
  const { persona, problems } = parsePersona(`${id}.yaml`, yaml);
  if (!persona) return refuse('persona', { problems });
  return { persona, yaml, notes: own ? [] : notes };
}

/** What we put into the card when it was exported; a stranger may have written it, so it must be a persona like every other. */
function ownPersona({ data }: Card): PersonaData | undefined {
  const own = data.extensions?.wisecrack;
  if (own === undefined) return undefined;
  const result = personaSchema.safeParse(own);
  return result.success ? result.data : undefined;
}

/** A line for lists: the first sentence of the profile. */
function describe({ name, profile }: CardFields): string {
  const line = profile.replace(/\s+/g, ' ').replace(/\{\{\s*char\s*\}\}/gi, name ?? '');
  const sentence = /^.*?(?:[.!?](?=\s|$)|[。！？])/u.exec(line)?.[0] ?? line;
  return shorten(sentence, 119, (letter) => letter.length) || '-';
}
