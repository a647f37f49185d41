import { bytes, type Entity, type Formatted, ParseError } from './entities.ts';
import { link } from './links.ts';

/** What stands for itself only after a backslash. */
const RESERVED = '_*[]()~`>#+-=|{}.!';

/** The marks, longer ones first, with what they make and what Telegram calls it in an error. */
const MARKS = [
  ['__', 'underline', 'Underline'],
  ['||', 'spoiler', 'Spoiler'],
  ['_', 'italic', 'Italic'],
  ['*', 'bold', 'Bold'],
  ['~', 'strikethrough', 'Strikethrough'],
] as const;

interface Open {
  readonly mark: string;
  readonly type: string;
  readonly name: string;
  readonly offset: number;
  /** Where it began, in bytes. */
  readonly place: number;
}

/**
 * Reads text with `parse_mode: MarkdownV2`.
 *
 * @throws ParseError in Telegram's words: a reserved character without its backslash, or a mark that is not closed.
 */
export function parseMarkdown(source: string): Formatted {
  return new Reader(source).read();
}

class Reader {
  readonly #source: string;
  readonly #open: Open[] = [];
  readonly #entities: Entity[] = [];
  #quote: { type: string; offset: number } | undefined;
  #text = '';
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Formatted {
    while (this.#at < this.#source.length) this.#step();
    this.#endQuote();
    this.#allClosed();
    return { text: this.#text, entities: this.#entities };
  }

  #step(): void {
    const char = this.#source[this.#at] ?? '';
    if (this.#beginsLine() && this.#beginQuoteLine()) return;
    if (this.#isEscape()) {
      this.#take(this.#source[this.#at + 1] ?? '', 2);
    } else if (char === '\n') {
      this.#take(char, 1);
      if (this.#quote && this.#source[this.#at] !== '>') this.#endQuote();
    } else if (char === '`') {
      this.#code();
    } else if (this.#endsExpandable()) {
      this.#at += 2;
      if (this.#quote) this.#quote.type = 'expandable_blockquote';
    } else if (char === '[' || this.#source.startsWith('![', this.#at)) {
      this.#openLink(char === '!');
    } else if (char === ']' && this.#open.at(-1)?.type === 'link') {
      this.#closeLink();
    } else if (!this.#mark()) {
      if (RESERVED.includes(char)) {
        throw new ParseError(`Character '${char}' is reserved and must be escaped with the preceding '\\'`);
      }
      this.#take(char, 1);
    }
  }

  #take(text: string, width: number): void {
    this.#text += text;
    this.#at += width;
  }

  #isEscape(): boolean {
    const next = this.#source.charCodeAt(this.#at + 1);
    return this.#source[this.#at] === '\\' && next > 0 && next <= 126;
  }

  /** Opens or closes a style. Of two marks that could stand here the longer one is meant, as Telegram has it. */
  #mark(): boolean {
    const last = this.#open.at(-1);
    const [mark, type, name] = MARKS.find(([one]) => this.#source.startsWith(one, this.#at)) ?? [];
    if (mark === undefined) return false;
    if (last?.mark === mark) {
      this.#open.pop();
      this.#add(last.type, last.offset);
    } else {
      this.#open.push({ mark, type, name, offset: this.#text.length, place: bytes(this.#source, this.#at) });
    }
    this.#at += mark.length;
    return true;
  }

  #code(): void {
    const begin = this.#at;
    const pre = this.#source.startsWith('```', begin);
    const mark = pre ? '```' : '`';
    this.#at += mark.length;
    let language: string | undefined;
    if (pre) {
      const [word = ''] = /^[^\s`]*/.exec(this.#source.slice(this.#at)) ?? [];
      const after = this.#source[this.#at + word.length];
      if (word !== '' && after !== undefined && after !== '`') {
        language = word;
        this.#at += word.length;
      }
      if (this.#source[this.#at] === '\n') this.#at++;
    }
    const offset = this.#text.length;
    while (this.#at < this.#source.length && !this.#source.startsWith(mark, this.#at)) {
      if (this.#isEscape()) this.#take(this.#source[this.#at + 1] ?? '', 2);
      else this.#take(this.#source[this.#at] ?? '', 1);
    }
    if (this.#at >= this.#source.length) {
      const name = pre ? (language ? 'PreCode' : 'Pre') : 'Code';
      throw new ParseError(`Can't find end of ${name} entity at byte offset ${bytes(this.#source, begin)}`);
    }
    this.#at += mark.length;
    this.#add(pre ? 'pre' : 'code', offset, { ...(language && { language }) });
  }

  #openLink(emoji: boolean): void {
    const mark = emoji ? '![' : '[';
    const name = emoji ? 'CustomEmoji' : 'TextUrl';
    this.#open.push({ mark, type: 'link', name, offset: this.#text.length, place: bytes(this.#source, this.#at) });
    this.#at += mark.length;
  }

  #closeLink(): void {
    const { mark, offset } = this.#open.pop() as Open;
    this.#at++;
    const emoji = mark === '![';
    const url = this.#source[this.#at] === '(' ? this.#url(emoji) : undefined;
    if (!emoji) {
      const found = link(url || this.#text.slice(offset));
      if (found) this.#add(found.type, offset, found);
      return;
    }
    if (url === undefined) throw new ParseError('Custom emoji entity must contain a tg://emoji URL');
    const id = /^tg:(?:\/\/)?emoji\?(?:.*&)?id=([1-9]\d*)$/.exec(url)?.[1];
    if (!id) throw new ParseError('Invalid custom emoji identifier specified');
    this.#add('custom_emoji', offset, { custom_emoji_id: id });
  }

  #url(emoji: boolean): string {
    const begin = this.#at;
    this.#at++;
    let url = '';
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#isEscape()) this.#at++;
      url += this.#source[this.#at];
      this.#at++;
    }
    if (this.#at >= this.#source.length) {
      const what = emoji ? 'a custom emoji URL' : 'a URL';
      throw new ParseError(`Can't find end of ${what} at byte offset ${bytes(this.#source, begin)}`);
    }
    this.#at++;
    return url;
  }

  #beginsLine(): boolean {
    return this.#at === 0 || this.#source[this.#at - 1] === '\n';
  }

  /** A line of a quotation; `**>` begins one that is folded, and parts it from one before. */
  #beginQuoteLine(): boolean {
    const folded = this.#source.startsWith('**>', this.#at);
    if (!folded && this.#source[this.#at] !== '>') return false;
    if (folded) this.#endQuote();
    this.#quote ??= { type: folded ? 'expandable_blockquote' : 'blockquote', offset: this.#text.length };
    this.#at += folded ? 3 : 1;
    return true;
  }

  /** `||` at the end of a quotation folds it, when no spoiler is open. */
  #endsExpandable(): boolean {
    if (!this.#quote || !this.#source.startsWith('||', this.#at)) return false;
    if (this.#open.some(({ mark }) => mark === '||')) return false;
    const rest = this.#source.slice(this.#at + 2);
    return rest === '' || /^\n(?!>)/.test(rest);
  }

  #endQuote(): void {
    if (!this.#quote) return;
    this.#allClosed();
    const { type, offset } = this.#quote;
    this.#quote = undefined;
    const length = this.#text.length - offset - (this.#text.endsWith('\n') ? 1 : 0);
    if (length > 0) this.#entities.push({ type, offset, length });
  }

  #add(type: string, offset: number, more: Partial<Entity> = {}): void {
    const length = this.#text.length - offset;
    if (length > 0) this.#entities.push({ ...more, type, offset, length });
  }

  #allClosed(): void {
    const last = this.#open.at(-1);
    if (last) throw new ParseError(`Can't find end of ${last.name} entity at byte offset ${last.place}`);
  }
}
