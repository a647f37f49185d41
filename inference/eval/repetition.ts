/** How many replies back one must not come again. */
const REMEMBERED = 20;
/** How many replies are looked at together. */
const SAMPLE = 50;
/** Shorter ones may come again. */
const SHORTEST = 12;

/**
 * The share of different runs of `n` words among all of them, in fifty replies after each other: in a longer text more of them come again by
 * themselves. A Han character is a word.
 *
 * @returns the mean over each fifty; 1 when there is no run at all.
 */
export function distinct(replies: readonly string[], n: number): number {
  const shares: number[] = [];
  for (let from = 0; from < replies.length; from += SAMPLE) {
    const runs = replies.slice(from, from + SAMPLE).flatMap((reply) => runsIn(reply, n));
    if (runs.length > 0) shares.push(new Set(runs).size / runs.length);
  }
  return shares.length === 0 ? 1 : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function runsIn(reply: string, n: number): string[] {
  const words = reply.toLowerCase().match(/\p{sc=Han}|[\p{L}\p{N}’']+/gu) ?? [];
  return words.slice(n - 1).map((_, at) => words.slice(at, at + n).join(' '));
}

/** How many replies say, but for case and punctuation, what one of the last twenty said. */
export function repeated(replies: readonly string[]): number {
  const bare = replies.map((reply) => reply.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  return bare.filter(
    (text, at) => text.length >= SHORTEST && bare.slice(Math.max(0, at - REMEMBERED), at).includes(text),
  ).length;
}
