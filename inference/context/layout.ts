import type { Persona } from '../../personas/schema.ts';
import type { Tokenizer } from '../engine/engine.ts';
import { budgetsFor } from './budgets.ts';
import { RecentCache } from './cache.ts';
import { fitTurn, type Line } from './cut.ts';
import { type Eviction, keepTurns, lowMark } from './history.ts';
import { Lore } from './lore.ts';
import { encodeParts, type Parts, renderBegun, renderCursor } from './render.ts';
import { speakersOf, type WindowTurn } from './speakers.ts';
import { renderStatic, type StaticPersona } from './static.ts';
import { dryBreakers, stopStrings } from './stop.ts';
import { words } from './words.ts';

/** What the window takes of a persona. */
export type WindowPersona = StaticPersona & Pick<Persona, 'replyTokens' | 'stop'>;

export interface LayOutOptions {
  readonly persona: WindowPersona;
  /** Oldest first, from the beginning of what is stored (see history.ts on what a store may forget). */
  readonly turns: readonly WindowTurn[];
  readonly tokenizer: Tokenizer;
  /** The model's context in tokens. */
  readonly context: number;
  readonly summary?: string | undefined;
  /** Language of the words around the chat; the persona's when left out. */
  readonly locale?: Persona['language'] | undefined;
  /** How the reply begins already. */
  readonly begun?: string | undefined;
  /** Positions per block of the KV cache. */
  readonly blockSize?: number | undefined;
}

/** What the model sees, and what is known about it. */
export interface Window {
  /** The prompt: static, summary, history, cursor. */
  readonly tokens: readonly number[];
  readonly staticTokens: number;
  readonly summaryTokens: number;
  /** Tokens of the turns, without the cursor. */
  readonly historyTokens: number;
  /** The longest reply. */
  readonly replyTokens: number;
  readonly stop: readonly string[];
  /** Where the chat begins in `tokens`: repetition counts from here. */
  readonly penaltyStart: number;
  readonly dryBreakers: readonly string[];
  /** How many of the persona's examples fit. */
  readonly examples: number;
  /** The oldest turn in the window: what is older may be forgotten by the store. */
  readonly firstTurn: number;
  /** Turns that left the window, by eviction; the last one is the newest. */
  readonly evicted: readonly Eviction[];
  /** Turns in the window that lost their middle. */
  readonly cut: readonly number[];
  /** Everybody in the window under the name used there, the persona first. */
  readonly names: readonly string[];
  /** The prompt as text. Put together when asked for: only people read it. */
  readonly text: string;
}

/** Rendering is most of the work, and all turns but the newest were rendered for the last job. */
const lines = new WeakMap<Tokenizer, RecentCache<Line>>();

/** Builds the window: a function of its arguments, with no memory but a cache. */
export function layOut(options: LayOutOptions): Window {
  const { persona, tokenizer, turns } = options;
  const budgets = budgetsFor(options.context, persona.replyTokens);
  const fixed = renderStatic(persona, tokenizer, budgets.static);
  const ours = words[options.locale ?? persona.language];
  const cache = lines.get(tokenizer) ?? new RecentCache<Line>(8192);
  lines.set(tokenizer, cache);
  // The text itself is the key: a Map hashes it anyway, and two texts never share an entry.
  const lineOf = (name: string, text: string, limit: number) =>
    cache.get(`${limit} ${name}:${text}`, () => fitTurn(tokenizer, name, text, limit));

  const cursor = cursorOf(persona.name, options.begun, tokenizer, budgets.history / 2);
  const cursorTokens = encodeParts(tokenizer, cursor);
  const room = {
    budget: budgets.history - cursorTokens.length,
    ...(options.blockSize === undefined ? {} : { blockSize: options.blockSize }),
  };

  const speakers = speakersOf(turns, persona.name, ours.someone);
  const lore = new Lore(persona.lorebook, tokenizer, Math.floor(lowMark(room) / 2));
  const rendered: { lines: Line[]; cut: boolean }[] = [];
  const kept = keepTurns(
    turns.length,
    (index, inside) => {
      const turn = turns[index] as WindowTurn;
      const { before, after } = lore.around(index, turn, inside);
      const notes = [...before, ...after].reduce((sum, line) => sum + line.tokens.length, 0);
      const line = lineOf(speakers[index] ?? '', turn.text, lowMark(room) - notes);
      rendered.push({ lines: [...before, line, ...after], cut: line.cut });
      return notes + line.tokens.length;
    },
    (index) => turns[index]?.role === 'user',
    room,
  );
  const summary = options.summary?.trim() ? lineOf(ours.earlier, options.summary, budgets.summary) : undefined;

  const inside = [persona.name, ...new Set(kept.turns.map((index) => speakers[index] ?? ''))];
  const chat = kept.turns.flatMap((index) => rendered[index]?.lines ?? []);
  const summaryTokens = summary?.tokens.length ?? 0;
  return {
    tokens: [fixed.tokens, summary?.tokens ?? [], ...chat.map((line) => line.tokens), cursorTokens].flat(),
    staticTokens: fixed.tokens.length,
    summaryTokens,
    historyTokens: kept.tokens,
    replyTokens: budgets.reply,
    stop: stopStrings(inside, persona.stop),
    penaltyStart: fixed.tokens.length + summaryTokens,
    dryBreakers: dryBreakers(inside),
    examples: fixed.examples,
    firstTurn: kept.first,
    evicted: kept.evicted,
    cut: kept.turns.filter((index) => rendered[index]?.cut),
    names: [...new Set(inside)],
    get text() {
      return [...fixed.parts, ...(summary?.parts ?? []), ...chat.flatMap((line) => line.parts), ...cursor].join('');
    },
  };
}

/** Where the model goes on. Of a long beginning the end is enough, within `limit` tokens. */
function cursorOf(name: string, begun: string | undefined, tokenizer: Tokenizer, limit: number): Parts {
  for (let rest = begun?.trim() ?? ''; rest !== ''; rest = [...rest].slice(-Math.floor(rest.length / 2)).join('')) {
    const parts = renderBegun(name, rest);
    if (encodeParts(tokenizer, parts).length <= limit) return parts;
  }
  return [renderCursor(name)];
}
