import { closesFence, closing, type Fence, fenceOpenedBy, reopening } from './fences.ts';
import type { Rules } from './rules.ts';
import { blockStart, type Carried, type Scan, scan } from './scan.ts';

/** Where a part begins. */
export interface Start extends Carried {
  /** It goes on in the middle of a line. */
  readonly midLine: boolean;
}

/** The start of a text. */
export const fresh: Start = { marks: [], midLine: false };

/** What a part is shown for. */
export type Ending =
  /** More parts follow. */
  | 'cut'
  /** The text goes on growing here. */
  | 'growing'
  /** The text is over. */
  | 'ended';

/** What is shown of a stretch of the source, with what was open before it opened again and what is open after it closed. */
export function show(source: string, start: Start, ending: Ending, rules: Rules): string {
  return showRead(read(ending === 'growing' ? withoutHalf(source) : source, start, rules), ending);
}

/** A stretch of the source that was read. */
export interface Reading {
  /** How many characters at the beginning are not shown: white space, or the end of a fence that is closed already. */
  readonly lead: number;
  readonly body: string;
  readonly carried: Carried;
  readonly scan: Scan;
}

export function read(source: string, start: Start, rules: Rules): Reading {
  const { lead, fence } = leadOf(source, start, rules);
  const body = source.slice(lead);
  const line = body.slice(0, (body.indexOf('\n') + 1 || body.length + 1) - 1).replace(/\r$/, '');
  // A block that begins here: the marks before it were never closed.
  const ends = fenceOpenedBy(line, rules) !== undefined || (!start.midLine && blockStart.test(line));
  const carried: Carried = fence ? { fence, marks: [] } : { marks: ends ? [] : start.marks };
  return { lead, body, carried, scan: scan(body, carried, rules) };
}

/** A text without half a surrogate pair at its end: the other half is on its way. */
export function withoutHalf(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}

export function showRead({ body, carried, scan: found }: Reading, ending: Ending): string {
  let { marks } = found;
  let end = body.length;
  let text = trimmed(body);
  if (ending === 'growing') {
    end = found.end;
    text = trimmed(body.slice(0, end) + found.instead);
    const fenced = found.fence && found.fence.at < end;
    if (!fenced) text = trimmed(text.replace(lonelyMarker, ''));
    // What a mark opens has not come yet.
    for (let last = marks.at(-1); last && last.at + last.text.length >= text.length; last = marks.at(-1)) {
      text = trimmed(text.slice(0, Math.max(0, last.at)));
      marks = marks.slice(0, -1);
    }
  } else if (ending === 'ended') {
    // What the model never closed is its own business; what we opened again is ours.
    marks = marks.filter((mark) => mark.at < 0);
  }
  if (text.trim() === '') return '';
  if (carried.fence) text = reopening(carried.fence) + text;
  else text = apart(carried.marks.filter((mark) => found.kept.includes(mark)).join(''), text);
  if (found.fence) return found.fence.at < end ? text + closing(found.fence) : text;
  const closers = marks.map((mark) => mark.text).reverse();
  return apart(text, closers.join(''));
}

/** Without white space at the end; a rarer space than these stays, for Markdown does not take it for one. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Puts two texts together, such that their backticks or tildes do not become one run: that might open a fence. */
function apart(before: string, after: string): string {
  const meet = /[`~]/.test(after.charAt(0)) && before.endsWith(after.charAt(0));
  return meet ? `${before} ${after}` : before + after;
}

/** The mark of a list item, heading or quotation whose text has not come yet; under a line `-` and `=` would make it a heading. */
const lonelyMarker = /(?:^|\n)[ \t]*(?:[-+=>]|#{1,6}|\d{1,9}[.)])$/;

function leadOf(source: string, start: Start, rules: Rules): { lead: number; fence?: Fence } {
  // A mark does not open before a space.
  if (!start.fence) return { lead: blankLead(source, start.midLine, start.marks.length > 0 ? 0 : rules.indent) };
  const first = source.search(/\S/);
  if (first >= 0 && !start.midLine) {
    const lineBreak = source.indexOf('\n', first);
    const to = lineBreak < 0 ? source.length : lineBreak;
    // The part before has closed this fence.
    if (closesFence(source.slice(source.lastIndexOf('\n', first) + 1, to).replace(/\r$/, ''), start.fence)) {
      const lead = Math.min(source.length, to + 1);
      return { lead: lead + blankLead(source.slice(lead), false, rules.indent) };
    }
  }
  return { lead: blankLead(source, start.midLine, rules.indent), fence: start.fence };
}

/**
 * How much white space at the beginning of a part is not shown: blank lines, and spaces in the middle of a line, but not the
 * indentation of a line up to `indent` characters.
 */
function blankLead(source: string, midLine: boolean, indent: number): number {
  // A space may carry an accent: then it is no white space.
  const blank = /^\s*(?!\p{M}|\u200d|\p{Emoji_Modifier})/u.exec(source)?.[0] ?? '';
  const line = blank.lastIndexOf('\n') + 1;
  return (midLine && line === 0) || blank.length - line > indent ? blank.length : line;
}
