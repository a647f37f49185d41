/**
 * The model's Markdown as Telegram shows it: plain text, and entities that say which stretch of it is bold, code, a link.
 * Entities are safer than markup in the text: nothing has to be escaped, and nothing can be left open.
 */
import type { MessageEntity } from 'grammy/types';
import { rulesFor } from '../../chat/split/rules.ts';
import { writeBlocks } from './blocks.ts';
import { entitiesOf } from './entities.ts';
import { Page, wellFormed, withoutPings } from './page.ts';

/** Telegram's limit for the text of a message, in UTF-16 units, entities taken out. */
export const LIMIT = 4096;

const rules = rulesFor(LIMIT);

export interface Rendered {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

/** Markdown, also while it grows, as text and entities. What would be nothing at all is shown as it was written. */
export function render(markdown: string): Rendered {
  const page = pageOf(markdown);
  const { text } = page;
  if (!hasInk(text)) return { text: plain(markdown), entities: [] };
  const from = /^(?:[^\S\n]*\n)*/.exec(text)?.[0].length ?? 0;
  const to = text.trimEnd().length;
  const styled = page.styles.map((one) => ({
    ...one,
    start: Math.max(0, one.start - from),
    end: Math.min(to, one.end) - from,
  }));
  return { text: text.slice(from, to), entities: entitiesOf(styled) };
}

/** The same text as it was written, for when Telegram refuses the entities; without its marks where it would be too long. */
export function plain(markdown: string): string {
  const text = withoutPings(wellFormed(markdown)).trim();
  return text.length <= LIMIT ? text : pageOf(markdown).text.trim().slice(0, LIMIT);
}

function pageOf(markdown: string): Page {
  const page = new Page();
  writeBlocks(wellFormed(markdown), page, rules);
  return page;
}

/** Whether there is anything to be seen: of white space and invisible characters Telegram makes no message. */
const hasInk = (text: string) => /[^\s\p{C}\p{Z}\u2800\u3164\u115f\u1160\uffa0]/u.test(text);
