import { WisecrackError } from '../../errors.ts';
import { constantLore } from '../../personas/lore.ts';
import type { Exchange, LoreEntry, Persona } from '../../personas/schema.ts';
import type { Tokenizer } from '../engine/engine.ts';
import { encodeParts, type Parts, renderTurn } from './render.ts';
import { shortage } from './shortages.ts';
import { sanitizeLine } from './text.ts';
import { SEPARATOR, words } from './words.ts';

/** The static part of a window: the same bytes and tokens in all chats of a persona, so its keys and values are computed once. */
export interface Static {
  readonly parts: Parts;
  readonly tokens: readonly number[];
  /** How many of the persona's examples fit. */
  readonly examples: number;
}

/** What the static part is made of. */
export type StaticPersona = Pick<
  Persona,
  'name' | 'language' | 'profile' | 'examples' | 'frame' | 'lorebook' | 'refusals'
>;

const separator = `${SEPARATOR}\n`;
/** A persona that changes is a new object (see PersonaStore), so what was made of the old one is forgotten with it. */
const known = new WeakMap<Tokenizer, WeakMap<StaticPersona, Map<number, Static>>>();

/**
 * Frame, profile with the lore that always counts, and as many examples as fit into `budget` tokens: whole ones, in their order.
 * The result is kept for the same persona object, which therefore must not be changed in place.
 *
 * @throws WisecrackError WISECRACK_WINDOW_TOO_SMALL when frame and profile alone are too long.
 */
export function renderStatic(persona: StaticPersona, tokenizer: Tokenizer, budget: number): Static {
  const ofTokenizer = known.get(tokenizer) ?? new WeakMap<StaticPersona, Map<number, Static>>();
  known.set(tokenizer, ofTokenizer);
  const ofPersona = ofTokenizer.get(persona) ?? new Map<number, Static>();
  ofTokenizer.set(persona, ofPersona);
  const rendered = ofPersona.get(budget) ?? render(persona, tokenizer, budget);
  ofPersona.set(budget, rendered);
  return rendered;
}

function render(persona: StaticPersona, tokenizer: Tokenizer, budget: number): Static {
  const { frame, friend } = words[persona.language];
  const line = (text: string) => `${fill(text, persona)}\n`;
  const lore = loreOf(persona, tokenizer, line);
  const told = (position: LoreEntry['position']) =>
    lore.filter((entry) => entry.position === position).map(({ content }) => line(content));
  const head = [line(persona.frame ?? frame), ...told('before'), line(persona.profile), ...told('after'), separator];
  const parts = [...head];
  const tokens = encodeParts(tokenizer, head);
  if (tokens.length > budget) {
    throw new WisecrackError('WISECRACK_WINDOW_TOO_SMALL', {
      reason: shortage('static', { name: persona.name, tokens: tokens.length, room: budget }),
    });
  }

  const end = tokenizer.encodePlain(separator);
  let examples = 0;
  for (const { user, reply } of exchangesOf(persona)) {
    const exchange = [...renderTurn(friend, user), ...renderTurn(persona.name, reply)];
    const added = encodeParts(tokenizer, exchange);
    if (tokens.length + added.length + end.length > budget) break;
    parts.push(...exchange);
    tokens.push(...added);
    examples++;
  }
  if (examples > 0) {
    parts.push(separator);
    tokens.push(...end);
  }
  return { parts, tokens, examples };
}

/** How to say no stands in the middle: at the end it would be the tone of what follows. */
function exchangesOf({ examples, refusals }: StaticPersona): Exchange[] {
  return [...examples.slice(0, 2), ...refusals.examples, ...examples.slice(2)];
}

/** The constant entries that fit into the book's budget, in its order; the most important stay. */
function loreOf(
  { lorebook }: StaticPersona,
  tokenizer: Tokenizer,
  line: (text: string) => string,
): readonly LoreEntry[] {
  const entries = constantLore(lorebook);
  let room = lorebook.tokenBudget;
  const chosen = new Set<LoreEntry>();
  for (const entry of [...entries].sort((a, b) => b.priority - a.priority)) {
    const { length } = tokenizer.encodePlain(line(entry.content));
    if (length > room) continue;
    room -= length;
    chosen.add(entry);
  }
  return entries.filter((entry) => chosen.has(entry));
}

/** Frame and profile are one line each and may say `{name}`. */
function fill(text: string, persona: StaticPersona): string {
  return sanitizeLine(text).replaceAll('{name}', persona.name);
}
