import { z } from 'zod';
import { shortages } from '../../inference/context/shortages.ts';
import { notes } from '../../personas/card/notes.ts';
import { PERSONA_ID } from '../../personas/id.ts';
import { mistakes } from '../../personas/mistakes.ts';
import { count, type Route, Time } from './route.ts';
import { saidOf } from './said.ts';

/** The name of a persona's file, without its ending. */
export const PersonaId = z.string().regex(PERSONA_ID, 'small letters, digits, _ and -, at most 32');

/** A mistake. `path` leads to the field, e.g. ["examples", 2, "reply"]; empty where it is the whole. Lines count from 1; 0: no place. */
export const Problem = saidOf(mistakes).extend({
  path: z.array(z.union([z.string(), z.number()])),
  line: count,
  column: count,
});
export type Problem = z.infer<typeof Problem>;

/** What the schema in personas/schema.ts takes; given as it is, since a draft may be full of mistakes. */
const PersonaFields = z.record(z.string(), z.unknown());
/** A persona as YAML text, or as the fields of a form. One of both. */
export const Draft = z.union([
  z.strictObject({ yaml: z.string().max(200_000) }),
  z.strictObject({ persona: PersonaFields }),
]);
export type Draft = z.infer<typeof Draft>;

export const PersonaLine = z.object({
  id: PersonaId,
  name: z.string(),
  description: z.string(),
  language: z.enum(['en', 'zh']),
  /** `own` can be changed in place; changing a built-in one makes an own one that goes before it. */
  source: z.enum(['built-in', 'own']),
  /** Whether there is a built-in one behind an own one. */
  replacesBuiltIn: z.boolean(),
  problems: z.array(Problem),
});
export type PersonaLine = z.infer<typeof PersonaLine>;

export const PersonaFile = PersonaLine.extend({
  yaml: z.string(),
  /** All fields with their defaults; null where the file cannot be read. */
  persona: PersonaFields.nullable(),
  /** Fingerprint of the text: to be sent along with a save, so that nobody's work is overwritten. */
  revision: z.string(),
});
export type PersonaFile = z.infer<typeof PersonaFile>;

/** What the window's parts take, in tokens; together with what is free they are `context`. */
export const TokenBar = z.object({
  context: count,
  static: count,
  staticBudget: count,
  summary: count,
  summaryBudget: count,
  history: count,
  historyBudget: count,
  reply: count,
  slack: count,
});
export type TokenBar = z.infer<typeof TokenBar>;

export const PlayTurn = z.object({
  role: z.enum(['user', 'persona']),
  name: z.string().max(200),
  text: z.string().min(1).max(16_000),
});
export type PlayTurn = z.infer<typeof PlayTurn>;
const turns = z.array(PlayTurn).max(200).default([]);

export const Checked = z.object({
  problems: z.array(Problem),
  /** The same in the other form; null where it has mistakes. */
  yaml: z.string().nullable(),
  persona: PersonaFields.nullable(),
});
/** `examples`: how many of the persona's examples fit. `bar` is null, and `message` says why, where the persona does not fit at all. */
export const Prompt = z.object({
  text: z.string(),
  bar: TokenBar,
  examples: count,
  examplesGiven: count,
  stop: z.array(z.string()),
  /** What left the window, and why; turns by their place among those that were given. */
  evicted: z.array(z.object({ turns: z.array(count), at: count, reason: saidOf(shortages) })),
  /** Turns in the window that lost their middle. */
  cut: z.array(count),
});

export const CardKind = z.enum(['png', 'json', 'charx']);
export type CardKind = z.infer<typeof CardKind>;
/** The largest card in bytes; personas/card/refuse.ts says the same. */
const MOST_CARD = 32 * 1024 * 1024;

export const Version = z.object({ version: z.string(), at: Time, by: z.string(), note: z.string() });
export type Version = z.infer<typeof Version>;

const params = z.object({ id: PersonaId });
const save = z.object({
  draft: Draft,
  /** The `revision` that was edited; null: there must be none yet. */
  revision: z.string().nullable(),
  note: z.string().trim().max(200).default(''),
});
const tag = 'personas';

export const personaRoutes = {
  personas: {
    method: 'GET',
    url: '/api/personas',
    role: 'viewer',
    summary: 'The personas',
    tag,
    response: z.array(PersonaLine),
  },
  persona: {
    method: 'GET',
    url: '/api/personas/:id',
    role: 'viewer',
    summary: 'One persona',
    tag,
    params,
    response: PersonaFile,
  },
  /** Never fails for mistakes in the draft: they are the answer. */
  checkPersona: {
    method: 'POST',
    url: '/api/personas/:id/check',
    role: 'viewer',
    summary: 'Look for mistakes',
    tag,
    params,
    body: Draft,
    response: Checked,
  },
  /** 400 WISECRACK_PERSONA_INVALID where the draft has mistakes. */
  prompt: {
    method: 'POST',
    url: '/api/personas/:id/prompt',
    role: 'viewer',
    summary: 'The exact prompt',
    tag,
    params,
    body: z.object({ draft: Draft, turns }),
    response: Prompt,
  },
  /** 409 WISECRACK_ADMIN_OVERTAKEN when `revision` is not the newest; 400 WISECRACK_PERSONA_INVALID. */
  savePersona: {
    method: 'PUT',
    url: '/api/personas/:id',
    role: 'operator',
    summary: 'Save a persona',
    tag,
    params,
    body: save,
    response: PersonaFile,
  },
  /** Own ones only; a built-in one behind it comes back. The versions stay. */
  deletePersona: {
    method: 'DELETE',
    url: '/api/personas/:id',
    role: 'operator',
    summary: 'Delete a persona',
    tag,
    params,
  },
  versions: {
    method: 'GET',
    url: '/api/personas/:id/versions',
    role: 'viewer',
    summary: 'Its versions, newest first; 50 are kept',
    tag,
    params,
    response: z.array(Version),
  },
  version: {
    method: 'GET',
    url: '/api/personas/:id/versions/:version',
    role: 'viewer',
    summary: 'The text of a version',
    tag,
    params: params.extend({ version: z.string().max(40) }),
    response: Version.extend({ yaml: z.string() }),
  },
  restoreVersion: {
    method: 'POST',
    url: '/api/personas/:id/versions/:version/restore',
    role: 'operator',
    summary: 'Make a version the newest',
    tag,
    params: params.extend({ version: z.string().max(40) }),
    response: PersonaFile,
  },

  /**
   * Takes a Character Card (V2, V3; PNG, JSON, CHARX) and saves it as a new persona. The body is the file itself, as
   * `application/octet-stream`. 400 WISECRACK_CARD_INVALID; 409 WISECRACK_PERSONA_EXISTS when there is one of that id or name.
   */
  importCard: {
    method: 'POST',
    url: '/api/personas/:id/card',
    role: 'operator',
    summary: 'Import a Character Card',
    tag,
    params,
    bodyLimit: MOST_CARD,
    response: z.object({ file: PersonaFile, /** What was changed or left out. */ notes: z.array(saidOf(notes)) }),
  },
  exportCard: {
    method: 'GET',
    url: '/api/personas/:id/card',
    role: 'viewer',
    summary: 'Export it as a Character Card',
    tag,
    params,
    querystring: z.object({ to: CardKind.default('png') }),
    contentType: 'application/octet-stream',
  },
} as const satisfies Record<string, Route>;
