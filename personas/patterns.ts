/** A list of forbidden words, made ready. */
export interface Patterns {
  /** @returns the first pattern that the text holds, as it stands in the list. */
  find(text: string): string | undefined;
}

/**
 * Makes ready a list of words and phrases, where `*` stands for anything within a line. Letters are compared without case (unless `caseSensitive`), width and
 * invisible characters; a word counts only as a whole word, except in scripts that write no spaces. Takes time in proportion to the text,
 * whatever the patterns are: they may come from a stranger's card.
 */
export function compilePatterns(list: readonly string[], { caseSensitive = false } = {}): Patterns {
  const bare = (text: string) => (caseSensitive ? plain(text) : plain(text).toLowerCase());
  const compiled = list.map((pattern) => ({
    pattern,
    pieces: bare(pattern)
      .split('*')
      .map((piece) => piece.trim()),
  }));
  return {
    find(text) {
      const lines = text.split('\n').map(bare);
      return compiled.find(({ pieces }) => lines.some((line) => holds(line, pieces)))?.pattern;
    },
  };
}

/** What is compared: `Ｂｏ\u200bmb` is `Bomb`. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Each piece after the one before it; the leftmost place is always good enough, so nothing is tried twice. */
function holds(line: string, pieces: readonly string[]): boolean {
  let at = 0;
  return pieces.every((piece, index) => {
    if (piece === '') return true;
    const found = indexOfWord(line, piece, at, { start: index === 0, end: index === pieces.length - 1 });
    at = found + piece.length;
    return found >= 0;
  });
}

/** Where a piece begins that is cut off neither in the middle of a word at its start nor at its end. */
function indexOfWord(line: string, piece: string, from: number, whole: { start: boolean; end: boolean }): number {
  for (let at = line.indexOf(piece, from); at >= 0; at = line.indexOf(piece, at + 1)) {
    const end = at + piece.length;
    const startsWord = !whole.start || !joined(line[at - 1], line[at]);
    const endsWord = !whole.end || !joined(line[end - 1], line[end]);
    if (startsWord && endsWord) return at;
  }
  return -1;
}

const spaced = /[\p{L}\p{M}\p{N}]/u;
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

/** Whether two characters side by side belong to one word. */
function joined(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return [left, right].every((letter) => spaced.test(letter) && !unspaced.test(letter));
}
