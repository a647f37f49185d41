import { compilePatterns } from './patterns.ts';
import type { Lorebook, LoreEntry } from './schema.ts';

/** The entries that are always told, in the order of the book. */
export function constantLore({ entries }: Lorebook): readonly LoreEntry[] {
  return entries.filter(({ constant }) => constant);
}

/**
 * The entries that a message calls, the most important first; constant ones are there anyway. A pure function of its arguments: what was
 * told before, and how many fit into the budget, is for the window to know.
 */
export function calledLore({ entries }: Lorebook, message: string): readonly LoreEntry[] {
  return entries
    .filter((entry) => !entry.constant && says(message, entry.keys, entry))
    .filter((entry) => entry.secondaryKeys.length === 0 || says(message, entry.secondaryKeys, entry))
    .sort((a, b) => b.priority - a.priority);
}

function says(message: string, keys: readonly string[], { caseSensitive }: LoreEntry): boolean {
  // A key is words, not a pattern.
  const plainKeys = keys.map((key) => key.replaceAll('*', ' '));
  return compilePatterns(plainKeys, { caseSensitive }).find(message) !== undefined;
}
