import { closesFence, fenceOpenedBy } from '../../chat/split/fences.ts';
import type { Rules } from '../../chat/split/rules.ts';
import { blockStart } from '../../chat/split/scan.ts';
import { writeInline } from './inline.ts';
import type { Page } from './page.ts';

const quote = /^ {0,3}>/;
const heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/;
const rule = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const bullet = /^([ \t]*)[-+*]([ \t]+\S)/;
const tableRow = /^\s*\|.*\|\s*$/;
const tableRule = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/;

/** Writes Markdown onto a page, block by block; each block ends in a line break, but the last. */
export function writeBlocks(markdown: string, page: Page, rules: Rules): void {
  const lines = markdown.split('\n');
  let first = true;
  for (let at = 0; at < lines.length; ) {
    if (!first) page.say('\n');
    first = false;
    at = writeBlock(lines, at, page, rules);
  }
}

/** @returns the line that the next block begins with. */
function writeBlock(lines: readonly string[], at: number, page: Page, rules: Rules): number {
  const line = lines[at] ?? '';
  if (line.trim() === '') return at + 1;
  if (fenceOpenedBy(line, rules)) return writeCode(lines, at, page, rules);
  if (quote.test(line)) return writeQuote(lines, at, page, rules);
  if (tableRow.test(line) && tableRule.test(lines[at + 1] ?? '')) return writeTable(lines, at, page);
  if (rule.test(line)) {
    page.say('———');
    return at + 1;
  }
  const title = heading.exec(line)?.[1];
  if (title) {
    page.styled({ style: 'bold' }, () => writeInline(title, page, rules));
    return at + 1;
  }
  const end = endOf(lines, at + 1, (next) => !isText(next, rules));
  const text = lines.slice(at, end).join('\n');
  writeInline(text.replace(bullet, '$1•$2'), page, rules);
  return end;
}

/** Whether a line goes on with the paragraph before it. */
const isText = (line: string, rules: Rules) =>
  line.trim() !== '' && !blockStart.test(line) && !quote.test(line) && !rule.test(line) && !fenceOpenedBy(line, rules);

function writeCode(lines: readonly string[], at: number, page: Page, rules: Rules): number {
  const fence = fenceOpenedBy(lines[at] ?? '', rules);
  if (!fence) return at + 1;
  const end = endOf(lines, at + 1, (line) => closesFence(line, fence));
  const indent = new RegExp(`^ {0,${fence.indent.length}}`);
  const code = lines
    .slice(at + 1, end)
    .map((line) => line.replace(indent, ''))
    .join('\n');
  page.styled({ style: 'pre', ...(fence.language && { language: fence.language }) }, () => page.sayCode(code));
  return end + 1;
}

/** Quotations do not nest in Telegram: what is quoted in a quotation is part of it. */
function writeQuote(lines: readonly string[], at: number, page: Page, rules: Rules): number {
  const end = endOf(lines, at, (line) => !quote.test(line));
  const inside = lines.slice(at, end).map((line) => line.replace(/^ {0,3}(?:> ?)+/, ''));
  page.styled({ style: 'blockquote' }, () => writeBlocks(inside.join('\n'), page, rules));
  return end;
}

/** Telegram has no tables: set in one width, the columns are at least the model's. */
function writeTable(lines: readonly string[], at: number, page: Page): number {
  const end = endOf(lines, at, (line) => !tableRow.test(line));
  page.styled({ style: 'pre' }, () => page.sayCode(lines.slice(at, end).join('\n')));
  return end;
}

function endOf(lines: readonly string[], from: number, isEnd: (line: string) => boolean): number {
  let at = from;
  while (at < lines.length && !isEnd(lines[at] ?? '')) at++;
  return at;
}
