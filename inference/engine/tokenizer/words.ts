import { PieceType, type SentencePieceModel } from './model.ts';

/** What SentencePiece writes for a space. */
export const SPACE = '\u2581';

/** Where text may be cut for one model. */
export interface Borders {
  /** Matches, at its `lastIndex`, what encodes the same with whatever comes before and after it: a word, in most models. */
  word: RegExp;
  /** No word is longer than so many UTF-16 units. */
  limit: number;
  /** Finds where a word must be cut so that it stays plain text. */
  cut: RegExp;
}

/** Whether a piece, user-defined by the model's makers, means something other than its text. White space, digits and single characters do not. */
export function isSpecial(model: SentencePieceModel, id: number): boolean {
  const piece = model.pieces[id] ?? '';
  return model.types[id] === PieceType.userDefined && !/^(?:[\s\u2581\d]+|.)$/su.test(piece);
}

/** Looks through a model's pieces for where its texts may be cut. */
export function bordersOf(model: SentencePieceModel, limit: number): Borders {
  const cut = [SPACE];
  let beforeSpaces = true;
  let afterNewlines = true;
  for (const [id, piece] of model.pieces.entries()) {
    if (isSpecial(model, id)) cut.push(piece.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replaceAll(SPACE, ' '));
    if (model.types[id] === PieceType.normal || model.types[id] === PieceType.userDefined) {
      // SentencePiece only joins what makes a piece: where no piece goes across, nothing is ever joined.
      if (/[^ \u2581][ \u2581]/.test(piece)) beforeSpaces = false;
      if (/\n[^\n]/.test(piece)) afterNewlines = false;
    }
  }
  const spaces = beforeSpaces ? ' *' : '';
  const inside = `[^${beforeSpaces ? ' ' : ''}${afterNewlines ? '\\n' : ''}]`.replace('[^]', '[\\s\\S]');
  const newlines = afterNewlines ? '\\n*' : '';
  return {
    word: new RegExp(`${spaces}${inside}*${newlines}`.replaceAll('*', `{0,${limit}}`), 'y'),
    limit,
    cut: new RegExp(cut.join('|'), 'g'),
  };
}

/**
 * Cuts text into words that encode one by one to what the whole encodes to. A word of more than `limit` units (a wall of letters,
 * Chinese without a line break) is cut between two characters: its tokens may then differ from SentencePiece's by a few, the text that
 * they stand for does not. Looks no further ahead than one word, so that a long text can be worked through in slices.
 */
export function* words(text: string, { word, limit }: Borders): Generator<string> {
  for (let start = 0; start < text.length; ) {
    // Set anew each time: another text may have used the expression meanwhile.
    word.lastIndex = start;
    word.test(text);
    let end = Math.min(word.lastIndex, start + limit);
    if (/[\ud800-\udbff]/.test(text[end - 1] ?? '') && /[\udc00-\udfff]/.test(text[end] ?? '')) end--;
    yield text.slice(start, end);
    start = end;
  }
}

/**
 * Cuts a word so that it stays what it says: inside whatever would become a special piece (after its first character), and around
 * U+2581, which would come back as a space.
 */
export function plainRuns(word: string, { cut }: Borders): string[] {
  const runs: string[] = [];
  let start = 0;
  const cutAt = (end: number) => {
    if (end > start) runs.push(word.slice(start, end));
    start = end;
  };
  cut.lastIndex = 0;
  for (let match = cut.exec(word); match; match = cut.exec(word)) {
    if (match[0] === SPACE) cutAt(match.index);
    cutAt(match.index + ((word.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1));
    // Another special piece may begin inside this one.
    cut.lastIndex = start;
  }
  cutAt(word.length);
  return runs;
}
