import { Borders } from './borders.ts';
import { type Rules, rulesFor, smallestLimit } from './rules.ts';
import { type Ending, fresh, read, type Start, show, showRead, withoutHalf } from './show.ts';

export interface SplitOptions {
  /** The longest message, in the units of `measure`; at least 64. */
  readonly limit: number;
  /** How long a text is for the platform: UTF-16 units, or what is left of them after rendering. */
  measure(text: string): number;
}

/** What becomes one message. */
export interface Part {
  /** What is shown, with fences and emphasis closed and opened again; empty only in the last part, when nothing is to be shown yet. */
  readonly text: string;
  /** The stretch of the source that it covers: the parts' stretches lie side by side and cover all of it. */
  readonly from: number;
  readonly to: number;
  /** It stays as it is, whatever is added to the source. */
  readonly final: boolean;
}

/** How far a source is split for good. */
interface Position {
  /** Where the last part begins. */
  readonly from: number;
  readonly start: Start;
  /** Up to here it surely fits. */
  readonly fits: number;
  /** The room that is left there. */
  readonly room: number;
}

/**
 * Splits a text into messages. Each part is at most `limit` long, closed and reopened marks included.
 *
 * Cuts come at the end of a paragraph, line, sentence, word or grapheme, whichever comes first in this list and lies in the
 * last third of the room. Emphasis and code spans are cut only when there is no better place there, and are then closed
 * and opened again. Links, mentions and graphemes are cut only when one alone is longer than a message.
 *
 * A cut depends only on the text up to the first place where it no longer fits, so it stays when the text grows.
 *
 * @param state growing: more text will come, so the last part is shown healed (see `healMarkdown`) and is not final.
 * @throws RangeError when the limit is below 64.
 */
export function splitText(text: string, options: SplitOptions, state: { growing: boolean }): Part[] {
  return new Splitter(options).update(text, { ended: !state.growing });
}

/** `splitText` for a text that grows: it remembers the final parts and does only the new work. */
export class Splitter {
  readonly #options: SplitOptions;
  readonly #rules: Rules;
  #source = '';
  #final: Part[] = [];
  #position: Position;

  /** @throws RangeError when the limit is below 64. */
  constructor(options: SplitOptions) {
    if (!(options.limit >= smallestLimit))
      throw new RangeError(`A limit of ${options.limit} is below ${smallestLimit}.`);
    this.#options = options;
    this.#rules = rulesFor(options.limit);
    this.#position = begin(0, fresh, options);
  }

  /** The parts of the whole text so far. A text that does not go on from the last one is split from its beginning. */
  update(text: string, { ended = false } = {}): Part[] {
    if (!text.startsWith(this.#source)) {
      this.#final = [];
      this.#position = begin(0, fresh, this.#options);
    }
    this.#source = text;
    for (;;) {
      const step = advance(text, this.#position, this.#options, this.#rules);
      this.#position = step.position;
      if (!step.part) break;
      this.#final.push(step.part);
    }
    const rest = ended
      ? endedParts(text, this.#position, this.#options, this.#rules)
      : [growingPart(text, this.#position, this.#options, this.#rules)];
    return [...this.#final, ...rest.filter((part) => part.from < part.to)];
  }
}

function begin(from: number, start: Start, { limit }: SplitOptions): Position {
  return { from, start, fits: from, room: limit };
}

/** Cuts off the next part, when the text has outgrown it; otherwise only remembers how far it surely fits. */
function advance(
  text: string,
  position: Position,
  options: SplitOptions,
  rules: Rules,
): { position: Position; part?: Part } {
  const { from, start } = position;
  let { fits, room } = position;
  for (;;) {
    // Where it is tried depends on the text before alone: however the text arrives, the first place that fails is the same.
    const to = fits + Math.max(1, Math.floor(room / 2));
    if (to > text.length) return { position: { from, start, fits, room } };
    const length = options.measure(show(text.slice(from, to), start, 'growing', rules));
    if (length > options.limit) return cut(text.slice(0, to), from, start, options, rules);
    fits = to;
    room = options.limit - length;
  }
}

/** Cuts a part off `text`, which does not fit into one from `from` on. */
function cut(
  text: string,
  from: number,
  start: Start,
  options: SplitOptions,
  rules: Rules,
): { position: Position; part: Part } {
  const window = read(withoutHalf(text.slice(from)), start, rules);
  const shownTo = (at: number, ending: Ending) => show(text.slice(from, from + window.lead + at), start, ending, rules);
  const fits = (at: number, ending: Ending = 'cut') => options.measure(shownTo(at, ending)) <= options.limit;
  const borders = new Borders(window.body, window.scan);

  // As if it grew: then half a mark does not count, so the length is even where it can be.
  const roomy = lastThat((at) => fits(at, 'growing'), window.body.length);
  let at = borders.best(roomy);
  while (at !== undefined && !(fits(at) && shownTo(at, 'cut') !== '')) at = borders.best(at - 1);
  if (at === undefined) {
    // Not even the end of a fence that is closed already can be left out then: there might be nothing else to show.
    if (start.fence && !start.midLine) return cut(text, from, { ...start, midLine: true }, options, rules);
    let most = lastThat((at) => fits(at), window.body.length);
    do at = borders.forced(most);
    while (!fits(at) && --most > 0);
  }

  const to = from + window.lead + at;
  const shown = read(text.slice(from, to), start, rules);
  const { fence, marks } = shown.scan;
  const midLine = text.charAt(to - 1) !== '\n';
  const next: Start = fence ? { fence, marks: [], midLine } : { marks: marks.map((mark) => mark.text), midLine };
  return {
    part: { text: showRead(shown, 'cut'), from, to, final: true },
    position: begin(to, next, options),
  };
}

/** The last number up to `most` that passes, when all before it do. */
function lastThat(passes: (at: number) => boolean, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function growingPart(text: string, position: Position, options: SplitOptions, rules: Rules): Part {
  const { from, start, fits } = position;
  let shown = show(text.slice(from), start, 'growing', rules);
  // Until the next try says whether to cut, what does not fit waits.
  if (options.measure(shown) > options.limit) shown = show(text.slice(from, fits), start, 'growing', rules);
  return { text: shown, from, to: text.length, final: false };
}

function endedParts(text: string, position: Position, options: SplitOptions, rules: Rules): Part[] {
  const parts: Part[] = [];
  let at = position;
  for (;;) {
    const step = advance(text, at, options, rules);
    at = step.position;
    if (step.part) {
      parts.push(step.part);
      continue;
    }
    const shown = show(text.slice(at.from), at.start, 'ended', rules);
    if (options.measure(shown) <= options.limit) {
      parts.push({ text: shown, from: at.from, to: text.length, final: true });
      return parts;
    }
    const last = cut(text, at.from, at.start, options, rules);
    parts.push(last.part);
    at = last.position;
  }
}
