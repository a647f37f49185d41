import type { Range } from './protect.ts';
import type { Scan } from './scan.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** `poor`: only when there is nothing else, e.g. between the mark of a list item and its text. */
type Kind = 'paragraph' | 'line' | 'sentence' | 'word' | 'grapheme' | 'poor';

/**
 * Borders from the best to the worst, as kind and whether it lies inside a fence, emphasis or a code span. Outside comes
 * first, but between two letters only when there is no other border inside either.
 */
const ranks: readonly string[] = [
  ...['paragraph', 'line', 'sentence', 'word'].flatMap((kind) => `${kind} outside`),
  ...['paragraph', 'line', 'sentence', 'word'].flatMap((kind) => `${kind} inside`),
  ...['grapheme outside', 'grapheme inside', 'poor outside', 'poor inside'],
];

/** A border is looked for in this last share of the room. */
const SHARE = 1 / 3;

/** The places where a text can be cut. The text goes on behind its end, so its end is none. */
export class Borders {
  readonly #text: string;
  /** Where graphemes begin, in ascending order. */
  readonly #starts: readonly number[];
  readonly #whole: Uint8Array;
  readonly #inside: Uint8Array;
  readonly #fenced: Uint8Array;
  readonly #first: number;

  constructor(text: string, found: Scan) {
    this.#text = text;
    // The first word must be in the part: an empty part helps nobody.
    this.#first = text.search(/\S/);
    this.#starts = Array.from(graphemes.segment(text), ({ index }) => index).filter((start) => start > this.#first);
    this.#whole = interiors(text, found.whole);
    this.#inside = interiors(text, [...found.spans, ...found.fences]);
    this.#fenced = interiors(text, found.fences);
  }

  /**
   * The best place for a cut at or before `most`, where nothing that belongs together is cut.
   *
   * @returns undefined when there is none.
   */
  best(most: number): number | undefined {
    const share = most - (most - this.#first) * SHARE;
    const nearest = new Map<string, number>();
    for (let i = this.#starts.length - 1; i >= 0; i--) {
      const at = this.#starts[i] as number;
      if (at > most || this.#whole[at]) continue;
      const kind = this.#kindOf(at);
      if (kind === undefined) continue;
      // Nothing in the last third: then the nearest of any kind.
      if (at < share && [...nearest.keys()].some((rank) => !rank.startsWith('poor'))) break;
      const rank = `${kind} ${this.#inside[at] ? 'inside' : 'outside'}`;
      if (!nearest.has(rank)) nearest.set(rank, at);
    }
    for (const rank of ranks) {
      const at = nearest.get(rank);
      if (at !== undefined) return at;
    }
    return undefined;
  }

  /** Where to cut a thing that is longer than the room: between graphemes; inside one only when it fills the room alone. */
  forced(most: number): number {
    const start = this.#starts.findLast((at) => at <= most);
    if (start !== undefined) return start;
    const least = this.#first + ((this.#text.codePointAt(this.#first) ?? 0) > 0xffff ? 2 : 1);
    const inPair =
      /[\ud800-\udbff]/.test(this.#text.charAt(most - 1)) && /[\udc00-\udfff]/.test(this.#text.charAt(most));
    return Math.max(least, inPair ? most - 1 : most);
  }

  #kindOf(at: number): Kind | undefined {
    const text = this.#text;
    const before = text.charAt(at - 1);
    const after = text.charAt(at);
    const line = text.lastIndexOf('\n', at - 1) + 1;
    if (before === '\n') {
      const above = text.slice(text.lastIndexOf('\n', at - 2) + 1, at - 1).trim();
      if (this.#underHeading(at)) return 'poor';
      if (above === '') return 'paragraph';
      // A fence beginning or ending here.
      return /^(?:`{3}|~{3})/.test(above) || /^ {0,3}(?:`{3}|~{3})/.test(text.slice(at, at + 6)) ? 'paragraph' : 'line';
    }
    // Where it would become the first thing of a message, it would open or close a fence.
    if (/^\s*(?:`{3}|~{3})/.test(text.slice(at, at + 80))) return undefined;
    if (at - line <= 14 && /^\s*(?:[-+*>]|#{1,6}|\d{1,9}[.)]?)?\s*$/.test(text.slice(line, at))) return 'poor';
    if (/[\s\u200b]/.test(before)) {
      return /[.!?…:。！？；]["'”’»)\]*_~|]*\s+$/.test(text.slice(Math.max(line, at - 16), at)) ? 'sentence' : 'word';
    }
    if (/[。！？；…][”’」』）】》]*$/.test(text.slice(Math.max(line, at - 6), at)) && !forbidsBefore.test(after)) {
      return 'sentence';
    }
    return forbidsBefore.test(after) || forbidsAfter.test(before) ? 'poor' : 'grapheme';
  }

  #underHeading(at: number): boolean {
    if (this.#fenced[at]) return false;
    const above = this.#text.slice(Math.max(0, at - 300), at).trimEnd();
    return /(?:^|\n)#{1,6}\s[^\n]*$/.test(above);
  }
}

/** What does not begin a line in Chinese or Japanese; what does not end one. */
const forbidsBefore = /[，。、！？；：…”’）」』】》〉,.!?;:)\]}]/;
const forbidsAfter = /[“‘（「『【《〈([{]/;

/** 1 at each place that lies inside one of the ranges. */
function interiors(text: string, ranges: readonly Range[]): Uint8Array {
  const inside = new Uint8Array(text.length + 1);
  for (const { start, end } of ranges) inside.fill(1, Math.max(0, start + 1), Math.max(0, end));
  return inside;
}
