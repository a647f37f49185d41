import { calledLore } from '../../personas/lore.ts';
import type { Lorebook, LoreEntry } from '../../personas/schema.ts';
import type { Tokenizer } from '../engine/engine.ts';
import { RecentCache } from './cache.ts';
import type { Line } from './cut.ts';
import { encodeParts } from './render.ts';
import type { WindowTurn } from './speakers.ts';
import { sanitizeLine } from './text.ts';
import { NOTE } from './words.ts';

/** A note within a chat, in a line that nobody who speaks can begin. */
export function renderNote(text: string): string {
  return `${NOTE} ${sanitizeLine(text)}]\n`;
}

/** What messages call is found again for each window, mostly the same. A book that changes is a new object. */
const called = new WeakMap<Lorebook, RecentCache<readonly LoreEntry[]>>();

/**
 * The notes of one window: an entry of the lorebook is told where a message first calls it, and stays there, so that nothing before the
 * newest turn ever changes. Once that turn has left the window, the entry may be told again.
 *
 * Nothing is stored: what was told is found again by replaying the turns, as the evictions are (see history.ts).
 */
export class Lore {
  readonly #book: Lorebook;
  readonly #tokenizer: Tokenizer;
  readonly #limit: number;
  /** The turn at which an entry was told last. */
  readonly #told = new Map<LoreEntry, number>();

  /** @param limit - tokens of all notes at one turn. */
  constructor(book: Lorebook, tokenizer: Tokenizer, limit: number) {
    this.#book = book;
    this.#tokenizer = tokenizer;
    this.#limit = limit;
  }

  /**
   * The notes before and behind a turn that comes; turns must come in their order.
   * @param inside - the turns in the window before it.
   */
  around(index: number, turn: WindowTurn, inside: readonly number[]): { before: Line[]; after: Line[] } {
    const before: Line[] = [];
    const after: Line[] = [];
    let room = this.#limit;
    const put = (text: string, to: Line[], budget: number) => {
      const line = this.#lineOf(text);
      if (line.tokens.length > Math.min(budget, room)) return 0;
      room -= line.tokens.length;
      to.push(line);
      return line.tokens.length;
    };
    let budget = this.#book.tokenBudget;
    const isThere = new Set(inside);
    for (const entry of turn.role === 'user' ? this.#called(turn.text) : []) {
      if (isThere.has(this.#told.get(entry) ?? -1)) continue;
      const taken = put(entry.content, entry.position === 'before' ? before : after, budget);
      budget -= taken;
      if (taken > 0) this.#told.set(entry, index);
    }
    for (const note of turn.notes ?? []) put(note, after, room);
    return { before, after };
  }

  #called(text: string): readonly LoreEntry[] {
    if (this.#book.entries.length === 0) return [];
    const cache = called.get(this.#book) ?? new RecentCache<readonly LoreEntry[]>(4096);
    called.set(this.#book, cache);
    return cache.get(text, () => calledLore(this.#book, text));
  }

  #lineOf(text: string): Line {
    const parts = [renderNote(text)];
    return { parts, tokens: encodeParts(this.#tokenizer, parts), cut: false };
  }
}
