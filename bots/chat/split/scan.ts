import { closesFence, type Fence, fenceOpenedBy, mayCloseFence } from './fences.ts';
import { flanks, isCode, type Mark, marksOf, OpenMarks } from './marks.ts';
import {
  addressEnd,
  addressSoFarStart,
  bracketedEnd,
  isBracketedSoFar,
  mentionEnd,
  type Range,
  readLink,
} from './protect.ts';
import type { Rules } from './rules.ts';

/** What is open where a text begins, because the part before it ended there. */
export interface Carried {
  readonly fence?: Fence;
  /** Open marks, outermost first. */
  readonly marks: readonly string[];
}

/** What one reading of a text finds out. */
export interface Scan {
  /** The fence that is open at the end, and where it was opened (0 when it is carried). */
  fence?: Fence & { at: number };
  /** The marks that are open at the end. */
  marks: readonly Mark[];
  /** The carried marks that are closed here, or still open at the end. The others were only characters. */
  kept: string[];
  /** What must not be cut. */
  whole: Range[];
  /** Emphasis and code spans: cut only when there is no better place. */
  spans: Range[];
  /** Fences: the same, and what looks like Markdown in them is none. */
  fences: Range[];
  /** While the text grows it is shown up to here: what follows is not finished. */
  end: number;
  /** What is shown in place of that. */
  instead: string;
}

const tokens = /\\|`+|\*+|_+|~+|\|+|<|!?\[|@|https?:\/\//gi;
const codeTokens = /<|@|https?:\/\//gi;
/** Marks that may close something, at the end. */
const touchingMark = /[^\s*_~|][*_~|]+$/;

/** A line that begins a block of its own: no mark reaches over it. */
export const blockStart = /^[ \t]*(?:[-+*]|\d{1,9}[.)]|#{1,6}|>)[ \t]/;

/** Reads a text as Markdown: fences line by line, marks and links paragraph by paragraph. */
export function scan(text: string, carried: Carried, rules: Rules): Scan {
  const found: Scan = { marks: [], kept: [], whole: [], spans: [], fences: [], end: text.length, instead: '' };
  let fence: Scan['fence'] = carried.fence && { ...carried.fence, at: 0 };
  let block: number | undefined;
  let open = carried.marks;

  const endBlock = (to: number) => {
    if (block !== undefined) new Paragraph(text, block, to, open, rules, found).read();
    block = undefined;
    open = [];
  };

  let next = 0;
  for (let at = 0; at < text.length; at = next) {
    const lineBreak = text.indexOf('\n', at);
    const complete = lineBreak >= 0;
    const to = complete ? lineBreak : text.length;
    next = complete ? to + 1 : to;
    const line = text.slice(at, to).replace(/\r$/, '');

    if (fence) {
      if (closesFence(line, fence)) {
        found.whole.push({ start: at - 1, end: to });
        found.fences.push({ start: fence.at, end: to });
        fence = undefined;
      } else {
        protectCode(text, at, to, found);
        if (!complete && mayCloseFence(line, fence)) found.end = at;
      }
      continue;
    }
    // Behind carried marks the line does not begin here.
    const begins = at > 0 || carried.marks.length === 0;
    const opened = begins ? fenceOpenedBy(line, rules) : undefined;
    if (opened) {
      endBlock(at);
      fence = { ...opened, at };
      // Up to the first character of the code: an empty block at the end of a part looks silly.
      const code = /\S/.exec(text.slice(next));
      found.whole.push({ start: at, end: code ? next + code.index + 1 : text.length + 1 });
      if (!complete) found.end = at;
    } else if (complete && line.trim() === '') {
      endBlock(at);
    } else {
      if (begins && blockStart.test(line)) endBlock(at);
      block ??= at;
    }
  }
  endBlock(text.length);

  if (fence) {
    found.fence = fence;
    found.fences.push({ start: fence.at, end: text.length });
  }
  for (const mark of found.marks) found.spans.push({ start: Math.max(0, mark.at), end: text.length });
  return found;
}

/** One paragraph; it is unfinished when it reaches the end of the text. */
class Paragraph {
  readonly #text: string;
  readonly #from: number;
  readonly #to: number;
  readonly #rules: Rules;
  readonly #found: Scan;
  readonly #marks: OpenMarks;

  constructor(text: string, from: number, to: number, carried: readonly string[], rules: Rules, found: Scan) {
    this.#text = text;
    this.#from = from;
    this.#to = to;
    this.#rules = rules;
    this.#found = found;
    const open = carried.map((mark) => ({ text: mark, at: -mark.length }));
    this.#marks = new OpenMarks(open, (mark) => {
      if (mark.at < 0) found.kept.push(mark.text);
    });
  }

  get #unfinished(): boolean {
    return this.#to === this.#text.length;
  }

  read(): void {
    const carriedCode = this.#marks.last;
    let at = this.#from;
    if (carriedCode && isCode(carriedCode)) {
      at = this.#readCode(carriedCode.text.length, carriedCode.at, at);
    }
    while (at < this.#to) {
      tokens.lastIndex = at;
      const match = tokens.exec(this.#text);
      if (!match || match.index >= this.#to) break;
      at = this.#readToken(match[0], match.index);
    }
    if (!this.#unfinished) return;
    const begun = addressSoFarStart(this.#text);
    if (begun !== undefined && begun >= this.#from) this.#protect(begun, this.#to);
    this.#found.marks = this.#marks.all;
    for (const mark of this.#marks.all) if (mark.at < 0) this.#found.kept.push(mark.text);
  }

  #protect(start: number, end: number): void {
    this.#found.whole.push({ start, end });
  }

  /** The text ends in something that begins at `at` and is not finished. */
  #leaveOut(at: number, instead = ''): number {
    this.#protect(at, this.#to);
    this.#found.end = at;
    this.#found.instead = instead;
    return this.#to;
  }

  /** @returns where to go on. */
  #readToken(token: string, at: number): number {
    const end = at + token.length;
    switch (token.charAt(0)) {
      case '\\':
        if (end === this.#text.length) return this.#leaveOut(at);
        this.#protect(at, end + 1);
        return end + 1;
      case '`':
        if (token.length > this.#rules.run) return end;
        if (end === this.#text.length) return this.#leaveOut(at);
        return this.#readCode(token.length, at, end);
      case '*':
      case '_':
      case '~':
      case '|':
        return this.#readMarks(token, at);
      case '!':
      case '[': {
        const link = readLink(this.#text, end - 1, this.#to, this.#rules);
        if (link?.state === 'address') {
          // A mark that closes before the bracket would not before the label's first letter.
          return this.#leaveOut(at, touchingMark.test(this.#text.slice(this.#from, at)) ? '' : link.label);
        }
        if (link?.state === 'label') this.#protect(at, this.#to);
        if (link?.state !== 'whole') return end;
        this.#protect(at, link.end);
        return link.end;
      }
      default:
        return protectThing(this.#text, at, this.#found) ?? end;
    }
  }

  /** A code span whose mark of `length` begins at `at` and whose code begins at `from`. */
  #readCode(length: number, at: number, from: number): number {
    const mark = '`'.repeat(length);
    const close = this.#runOf(length, from);
    if (close !== undefined) {
      const end = close + length;
      if (at < 0) this.#marks.close(mark);
      this.#found.spans.push({ start: Math.max(0, at), end });
      if (at >= 0) this.#protect(at, from + 1);
      protectCode(this.#text, from, close, this.#found);
      this.#protect(close - 1, end);
      return end;
    }
    if (!this.#unfinished) return from;
    if (at >= 0) {
      this.#marks.open(mark, at);
      this.#protect(at, from + 1);
    }
    protectCode(this.#text, from, this.#to, this.#found);
    const begun = /`+$/.exec(this.#text.slice(from));
    return begun ? this.#leaveOut(from + begun.index) : this.#to;
  }

  /** Where the next run of exactly so many backticks begins. */
  #runOf(length: number, from: number): number | undefined {
    const runs = /`+/g;
    runs.lastIndex = from;
    for (let match = runs.exec(this.#text); match && match.index < this.#to; match = runs.exec(this.#text)) {
      if (match[0].length === length) return match.index;
    }
    return undefined;
  }

  #readMarks(run: string, at: number): number {
    const end = at + run.length;
    if (run.length > this.#rules.run) return end;
    const names = marksOf(run);
    const { opens, closes } = flanks(run, this.#text.charAt(at - 1), this.#text.charAt(end));
    const isOpen = (name: string) => this.#marks.all.some((mark) => mark.text === name);
    // At the end it may be half a mark, or open something that has not come yet.
    if (end === this.#text.length && !(closes && names.length > 0 && names.every(isOpen))) return this.#leaveOut(at);

    let start = at;
    let stop = end;
    let offset = at;
    for (const name of names) {
      const opened = this.#marks.all.find((mark) => mark.text === name)?.at;
      if (closes && this.#marks.close(name)) {
        this.#found.spans.push({ start: Math.max(0, opened ?? at), end });
        start = at - 1;
      } else if (opens && this.#marks.open(name, offset)) {
        stop = end + 1;
      }
      offset += name.length;
    }
    this.#protect(start, stop);
    return end;
  }
}

/** In code only addresses and mentions are kept whole. */
function protectCode(text: string, from: number, to: number, found: Scan): void {
  let at = from;
  while (at < to) {
    codeTokens.lastIndex = at;
    const match = codeTokens.exec(text);
    if (!match || match.index >= to) return;
    at = protectThing(text, match.index, found, true) ?? match.index + match[0].length;
  }
}

/** Protects the address, mention or thing in angle brackets at `at`. @returns where to go on, when there is one. */
function protectThing(text: string, at: number, found: Scan, code = false): number | undefined {
  const first = text.charAt(at);
  let end: number | undefined;
  if (first === '<') {
    end = bracketedEnd(text, at);
    if (end === undefined && isBracketedSoFar(text, at)) {
      end = text.length;
      if (!code) found.end = at;
    }
  } else {
    end = first === '@' ? mentionEnd(text, at) : addressEnd(text, at);
  }
  if (end === undefined) return undefined;
  found.whole.push({ start: at, end });
  if (first === '<') return end;
  // `_@name_`: the mark at the end may be emphasis.
  while (end > at + 1 && /[_~]/.test(text.charAt(end - 1))) end--;
  return end;
}
