/** How many replies back one must not come again. */
const REMEMBERED = 20;
/** Shorter ones may come again. */
const SHORTEST = 12;

/** The share of different runs of `n` words among all of them; 1 when there is none. A Han character is a word. */
export function distinct(replies: readonly string[], n: number): number {
  const runs = replies.flatMap((reply) => {
    const words = reply.toLowerCase().match(/\p{sc=Han}|[\p{L}\p{N}’']+/gu) ?? [];
    return words.slice(n - 1).map((_, at) => words.slice(at, at + n).join(' '));
  });
  return runs.length === 0 ? 1 : new Set(runs).size / runs.length;
}

/** How many replies say, but for case and punctuation, what one of the last twenty said. */
export function repeated(replies: readonly string[]): number {
  const bare = replies.map((reply) => reply.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  return bare.filter(
    (text, at) => text.length >= SHORTEST && bare.slice(Math.max(0, at - REMEMBERED), at).includes(text),
  ).length;
}
