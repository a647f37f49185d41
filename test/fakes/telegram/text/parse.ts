import { badRequest, problem } from '../problems.ts';
import { detect } from './detect.ts';
import { check, type Entity, type Formatted, MOST_ENTITIES, ParseError, STYLES, sort, tidy, trim } from './entities.ts';
import { parseHtml } from './html.ts';
import { parseMarkdown } from './markdown.ts';

/** Text as a request gives it. */
export interface Given {
  readonly text: string;
  readonly parse_mode?: string | undefined;
  readonly entities?: readonly Entity[] | undefined;
}

/** UTF-16 units after parsing. */
export const LONGEST_TEXT = 4096;
export const LONGEST_CAPTION = 1024;

/**
 * Reads the text of a request: markup or given entities, then what Telegram finds by itself.
 *
 * @param empty - whether it may be empty, as in a draft or a caption.
 * @throws ApiError when it cannot be parsed, is empty or too long.
 */
export function format(given: Given, { longest = LONGEST_TEXT, empty = false } = {}): Formatted {
  const { text, entities } = trim(clean(read(given)));
  if (text === '' && !empty) throw problem('empty');
  if (text.length > longest) throw problem(longest === LONGEST_CAPTION ? 'captionTooLong' : 'tooLong');
  const styles = tidy(entities.filter(({ type }) => STYLES.has(type)));
  return { text, entities: sort([...styles, ...detect(text, styles)]).slice(0, MOST_ENTITIES) };
}

function read({ text, parse_mode, entities }: Given): Formatted {
  if (/\p{Surrogate}/u.test(text)) throw badRequest('strings must be encoded in UTF-8');
  const mode = parse_mode?.toLowerCase();
  if (mode) {
    const parse = mode === 'html' ? parseHtml : mode === 'markdownv2' ? parseMarkdown : undefined;
    if (!parse) throw badRequest('unsupported parse_mode');
    return refusing(() => parse(text), "can't parse entities: ");
  }
  refusing(() => check(text, entities ?? []), '');
  return { text, entities: entities ?? [] };
}

function refusing<Value>(work: () => Value, before: string): Value {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { message } = error;
    throw badRequest(before ? before + message : message.charAt(0).toLowerCase() + message.slice(1));
  }
}

/** Telegram keeps no carriage returns. */
function clean({ text, entities }: Formatted): Formatted {
  if (!text.includes('\r')) return { text, entities };
  const before = (at: number) => text.slice(0, at).split('\r').length - 1;
  const moved = entities.map((one) => {
    const offset = one.offset - before(one.offset);
    return { ...one, offset, length: one.offset + one.length - before(one.offset + one.length) - offset };
  });
  return { text: text.replaceAll('\r', ''), entities: moved };
}
