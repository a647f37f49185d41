import { flanks, type Mark, marksOf, OpenMarks } from '../../chat/split/marks.ts';
import { addressEnd, bracketedEnd, mentionEnd, readLink } from '../../chat/split/protect.ts';
import type { Rules } from '../../chat/split/rules.ts';
import type { Style } from './entities.ts';
import type { Page } from './page.ts';

const styles: Record<string, Style> = {
  '*': 'italic',
  _: 'italic',
  '**': 'bold',
  __: 'bold',
  '~~': 'strikethrough',
  '||': 'spoiler',
};

const tokens = /\\|`+|\*+|_+|~+|\|+|<|!?\[|@|https?:\/\//gi;
const punctuation = /[!-/:-@[-`{-~]/;

/** What the source holds between two places, and what becomes of it. */
type Piece =
  /** Shown as it is. */
  | { type: 'text'; text: string }
  /** A mark: shown as it is unless it is one of a pair. */
  | { type: 'mark'; text: string; pair?: 'opens' | 'closes' }
  | { type: 'code'; text: string }
  | { type: 'link'; label: string; url: string };

/** Writes the text of a paragraph, with emphasis, code spans and links, onto a page. */
export function writeInline(text: string, page: Page, rules: Rules): void {
  const open: { text: string; start: number }[] = [];
  for (const piece of new Inline(text, rules).read()) {
    switch (piece.type) {
      case 'text':
        page.say(piece.text);
        break;
      case 'code':
        page.styled({ style: 'code' }, () => page.sayCode(piece.text));
        break;
      case 'link':
        page.styled({ style: 'text_link', url: piece.url }, () => writeInline(piece.label, page, rules));
        break;
      case 'mark': {
        if (piece.pair === undefined) page.say(piece.text);
        if (piece.pair === 'opens') open.push({ text: piece.text, start: page.length });
        if (piece.pair !== 'closes') break;
        // Not always the last one: marks of two kinds may cross.
        const at = open.findLastIndex((mark) => mark.text === piece.text);
        const [opened] = open.splice(at, 1);
        const style = styles[piece.text];
        if (opened && style) page.style({ style, start: opened.start, end: page.length });
      }
    }
  }
}

/** Reads a paragraph as `scan` of bots/chat/split does, so that what was cut is put together as it was meant. */
class Inline {
  readonly #text: string;
  readonly #rules: Rules;
  readonly #pieces: Piece[] = [];
  /** The pieces that open a mark, by where it stands. */
  readonly #openers = new Map<number, Piece & { type: 'mark' }>();
  readonly #marks = new OpenMarks([], (mark) => this.#closed(mark));

  constructor(text: string, rules: Rules) {
    this.#text = text;
    this.#rules = rules;
  }

  read(): Piece[] {
    let at = 0;
    while (at < this.#text.length) {
      tokens.lastIndex = at;
      const match = tokens.exec(this.#text);
      if (!match) break;
      this.#say(at, match.index);
      at = this.#readToken(match[0], match.index);
    }
    this.#say(at, this.#text.length);
    return this.#pieces;
  }

  #closed(mark: Mark): void {
    const opener = this.#openers.get(mark.at);
    if (opener) opener.pair = 'opens';
  }

  #say(from: number, to: number): void {
    if (from < to) this.#pieces.push({ type: 'text', text: this.#text.slice(from, to) });
  }

  /** @returns where to go on. */
  #readToken(token: string, at: number): number {
    const end = at + token.length;
    switch (token.charAt(0)) {
      case '\\': {
        const escaped = this.#text.charAt(end);
        const from = punctuation.test(escaped) ? end : at;
        this.#say(from, Math.min(end + 1, this.#text.length));
        return end + 1;
      }
      case '`':
        return this.#readCode(token, at, end);
      case '*':
      case '_':
      case '~':
      case '|':
        return this.#readMarks(token, at);
      case '!':
      case '[':
        return this.#readLink(at, end);
      default:
        return this.#readThing(at, end);
    }
  }

  #readCode(mark: string, at: number, from: number): number {
    const close = mark.length <= this.#rules.run ? this.#runOf(mark.length, from) : undefined;
    if (close === undefined) {
      this.#say(at, from);
      return from;
    }
    const code = this.#text.slice(from, close).replace(/\n/g, ' ');
    // One space on either side only keeps backticks apart.
    const inner = /^ .*\S.* $/.test(code) ? code.slice(1, -1) : code;
    this.#pieces.push({ type: 'code', text: inner });
    return close + mark.length;
  }

  #runOf(length: number, from: number): number | undefined {
    const runs = /`+/g;
    runs.lastIndex = from;
    for (let match = runs.exec(this.#text); match; match = runs.exec(this.#text)) {
      if (match[0].length === length) return match.index;
    }
    return undefined;
  }

  #readMarks(run: string, at: number): number {
    const end = at + run.length;
    const names = run.length <= this.#rules.run ? marksOf(run) : [];
    if (names.length === 0) this.#say(at, end);
    const { opens, closes } = flanks(run, this.#text.charAt(at - 1), this.#text.charAt(end));
    let offset = at;
    for (const name of names) {
      const piece: Piece & { type: 'mark' } = { type: 'mark', text: name };
      this.#pieces.push(piece);
      if (closes && this.#marks.close(name)) piece.pair = 'closes';
      else if (opens && this.#marks.open(name, offset)) this.#openers.set(offset, piece);
      offset += name.length;
    }
    return end;
  }

  #readLink(at: number, end: number): number {
    const link = readLink(this.#text, end - 1, this.#text.length, this.#rules);
    const whole = link?.state === 'whole' ? this.#text.slice(end, link.end) : '';
    const [, label = '', target = ''] = /^([\s\S]*)\]\(([^\n]*)\)$/.exec(whole) ?? [];
    const url = addressIn(target);
    if (link?.state !== 'whole' || label.trim() === '' || url === undefined) {
      this.#say(at, end);
      return end;
    }
    this.#pieces.push({ type: 'link', label, url });
    return link.end;
  }

  /** An address, a mention, or something in angle brackets: no mark inside it counts. */
  #readThing(at: number, end: number): number {
    const first = this.#text.charAt(at);
    if (first === '<') {
      const to = bracketedEnd(this.#text, at);
      if (to === undefined) {
        this.#say(at, end);
        return end;
      }
      const inside = this.#text.slice(at + 1, to - 1);
      if (/^https?:/i.test(inside)) this.#pieces.push({ type: 'text', text: inside });
      else this.#say(at, to);
      return to;
    }
    let to = first === '@' ? mentionEnd(this.#text, at) : addressEnd(this.#text, at);
    // `_@name_`: the mark at the end may be emphasis.
    while (to !== undefined && to > at + 1 && /[_~]/.test(this.#text.charAt(to - 1))) to--;
    this.#say(at, to ?? end);
    return to ?? end;
  }
}

/**
 * The address of a link, without a title. Only of the web: `tg://user` would be a mention, which notifies.
 */
function addressIn(target: string): string | undefined {
  const [, address = ''] = /^\s*<?([^\s<>]*)>?(?:\s+["'(].*)?\s*$/.exec(target) ?? [];
  return /^https?:\/\/[^/]/i.test(address) && URL.canParse(address) ? address : undefined;
}
