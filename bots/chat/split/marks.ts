/** Emphasis, spoilers and code spans: which marks are open. */

/** A mark that was opened and not closed. */
export interface Mark {
  /** `*`, `**`, `_`, `__`, `~~`, `||`, or backticks. */
  readonly text: string;
  /** Where it stands; negative when an earlier part opened it. */
  readonly at: number;
}

export function isCode(mark: Mark | undefined): boolean {
  return mark?.text.startsWith('`') ?? false;
}

/** What a run of marks can do where it stands, by the characters before and after it (empty at an end). */
export function flanks(run: string, before: string, after: string): { opens: boolean; closes: boolean } {
  let opens = /\S/.test(after);
  let closes = /\S/.test(before);
  // 2*3, a||b, snake_case: inside a word nothing opens. Chinese has no spaces, so there only `_` needs them.
  if (/[a-z\d]/i.test(before) && /[a-z\d]/i.test(after)) opens = false;
  if (run.startsWith('_')) {
    if (/[\p{L}\p{N}]/u.test(before)) opens = false;
    if (/[\p{L}\p{N}]/u.test(after)) closes = false;
  }
  return { opens, closes };
}

/** The marks that a run is made of, outermost first; none when it is only characters. */
export function marksOf(run: string): string[] {
  const character = run.charAt(0);
  if (character === '~' || character === '|') return run.length === 2 ? [run] : [];
  if (run.length === 3) return [character.repeat(2), character];
  return run.length < 3 ? [run] : [];
}

/** The marks of one paragraph. A kind of mark is open at most once, so there are never more than seven. */
export class OpenMarks {
  #open: Mark[];
  /** Told of each mark that is closed. */
  readonly #closed: (opened: Mark) => void;

  constructor(open: readonly Mark[], closed: (opened: Mark) => void) {
    this.#open = [...open];
    this.#closed = closed;
  }

  get all(): readonly Mark[] {
    return this.#open;
  }

  get last(): Mark | undefined {
    return this.#open.at(-1);
  }

  /** Opens a mark, unless one of its kind is open. */
  open(text: string, at: number): boolean {
    if (this.#open.some((mark) => mark.text === text)) return false;
    this.#open.push({ text, at });
    return true;
  }

  /** Closes a mark; what was opened inside it and is of another kind were only characters. */
  close(text: string): boolean {
    const index = this.#open.findIndex((mark) => mark.text === text);
    const mark = this.#open[index];
    if (!mark) return false;
    const inside = this.#open.slice(index + 1).filter((other) => other.text.charAt(0) === text.charAt(0));
    this.#open = [...this.#open.slice(0, index), ...inside];
    this.#closed(mark);
    return true;
  }
}
