import { rulesFor } from './rules.ts';
import { fresh, show } from './show.ts';

/**
 * A Markdown text that is still being written, as valid Markdown: open fences, emphasis, spoilers and code spans are closed;
 * a link without the end of its address is its label; half a mention, a mark with nothing behind it yet, or an empty list
 * item at the very end is left out until more comes.
 *
 * @param limit the limit of the message in UTF-16 units, which says how long a mark may be to count as one.
 */
export function healMarkdown(text: string, limit = 2000): string {
  return show(text, fresh, 'growing', rulesFor(limit));
}
