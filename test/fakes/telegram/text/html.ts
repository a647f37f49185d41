import { bytes, type Entity, type Formatted, ParseError } from './entities.ts';
import { link } from './links.ts';

/** Telegram's tags, and what they make of a text. */
const TAGS: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  code: 'code',
  pre: 'pre',
  a: 'text_link',
  blockquote: 'blockquote',
  'tg-emoji': 'custom_emoji',
};

/** The only entities with a name. */
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

interface Open {
  readonly tag: string;
  readonly type: string;
  /** Where its text begins. */
  readonly offset: number;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * Reads text with `parse_mode: HTML`.
 *
 * @throws ParseError in Telegram's words: a tag that it does not know, that is not closed, or closed in the wrong order.
 */
export function parseHtml(source: string): Formatted {
  let text = '';
  const entities: (Entity & { tag: string })[] = [];
  const open: Open[] = [];
  let at = 0;
  while (at < source.length) {
    const char = source[at];
    if (char === '&') {
      const [decoded, end] = decode(source, at);
      text += decoded;
      at = end;
    } else if (char !== '<') {
      text += char;
      at++;
    } else if (source[at + 1] === '/') {
      const [tag, end] = endTag(source, at, open);
      at = end;
      const { type, offset, attributes } = open.pop() as Open;
      entities.push(...entity(tag, type, offset, text, attributes));
    } else {
      const [tag, attributes, end] = startTag(source, at);
      open.push({ tag, type: TAGS[tag] ?? '', offset: text.length, attributes });
      at = end;
    }
  }
  const last = open.at(-1);
  if (last) throw new ParseError(`Can't find end tag corresponding to start tag "${last.tag}"`);
  if (/\p{Surrogate}/u.test(text)) {
    throw new ParseError(
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    );
  }
  return { text, entities: languages(entities) };
}

function startTag(source: string, begin: number): [string, Map<string, string>, number] {
  const place = `at byte offset ${bytes(source, begin)}`;
  let at = begin + 1;
  while (at < source.length && !/[\s>]/.test(source[at] ?? '')) at++;
  if (at >= source.length) throw new ParseError(`Unclosed start tag ${place}`);
  const tag = source.slice(begin + 1, at).toLowerCase();
  if (!(tag in TAGS)) throw new ParseError(`Unsupported start tag "${tag}" ${place}`);
  const attributes = new Map<string, string>();
  for (;;) {
    at = skip(source, at);
    if (at >= source.length) throw new ParseError(`Unclosed start tag "${tag}" ${place}`);
    if (source[at] === '>') break;
    const nameBegin = at;
    while (at < source.length && !/[\s=>]/.test(source[at] ?? '')) at++;
    const name = source.slice(nameBegin, at).toLowerCase();
    if (name === '') throw new ParseError(`Empty attribute name in the tag "${tag}" ${place}`);
    at = skip(source, at);
    if (source[at] !== '=') {
      attributes.set(name, '');
      continue;
    }
    at = skip(source, at + 1);
    if (at >= source.length) throw new ParseError(`Unclosed start tag "${tag}" ${place}`);
    const [value, end] = attributeValue(source, at, place);
    attributes.set(name, value);
    at = end;
  }
  if (tag === 'span' && attributes.get('class') !== 'tg-spoiler') {
    throw new ParseError(`Tag "span" must have class "tg-spoiler" ${place}`);
  }
  return [tag, attributes, at + 1];
}

function attributeValue(source: string, begin: number, place: string): [string, number] {
  const quote = source[begin];
  if (quote !== '"' && quote !== "'") {
    const [bare = ''] = /^[a-z0-9.-]*/i.exec(source.slice(begin)) ?? [];
    const end = begin + bare.length;
    if (!/[\s>]/.test(source[end] ?? ''))
      throw new ParseError(`Unexpected end of name token at byte offset ${bytes(source, begin)}`);
    return [bare.toLowerCase(), end];
  }
  let value = '';
  let at = begin + 1;
  while (at < source.length && source[at] !== quote) {
    const [decoded, end] = source[at] === '&' ? decode(source, at) : [source[at] ?? '', at + 1];
    value += decoded;
    at = end;
  }
  if (at >= source.length) throw new ParseError(`Unclosed start tag ${place}`);
  return [value, at + 1];
}

function endTag(source: string, begin: number, open: readonly Open[]): [string, number] {
  const place = `at byte offset ${bytes(source, begin)}`;
  const last = open.at(-1);
  if (!last) throw new ParseError(`Unexpected end tag ${place}`);
  let at = begin + 2;
  while (at < source.length && !/[\s>]/.test(source[at] ?? '')) at++;
  const tag = source.slice(begin + 2, at).toLowerCase();
  at = skip(source, at);
  if (source[at] !== '>') throw new ParseError(`Unclosed end tag ${place}`);
  // `</>` closes whatever is open.
  if (tag !== '' && tag !== last.tag) {
    throw new ParseError(`Unmatched end tag ${place}, expected "</${last.tag}>", found "</${tag}>"`);
  }
  return [last.tag, at + 1];
}

function entity(
  tag: string,
  type: string,
  offset: number,
  text: string,
  attributes: ReadonlyMap<string, string>,
): (Entity & { tag: string })[] {
  const base = { type, offset, length: text.length - offset, tag };
  if (base.length === 0) return [];
  switch (type) {
    case 'text_link': {
      const found = link(attributes.get('href') || text.slice(offset));
      return found ? [{ ...base, ...found }] : [];
    }
    case 'blockquote':
      return [{ ...base, type: attributes.has('expandable') ? 'expandable_blockquote' : type }];
    case 'code': {
      const language = /^language-(.+)$/.exec(attributes.get('class') ?? '')?.[1];
      return [{ ...base, ...(language && { language }) }];
    }
    case 'custom_emoji': {
      const id = attributes.get('emoji-id') ?? '';
      if (!/^[1-9]\d*$/.test(id)) throw new ParseError('Invalid custom emoji identifier specified');
      return [{ ...base, custom_emoji_id: id }];
    }
    default:
      return [base];
  }
}

/** Code with a language exactly inside of `<pre>`, or around it, is one entity; elsewhere the language is lost. */
function languages(entities: readonly (Entity & { tag: string })[]): Entity[] {
  const twin = (one: Entity, type: string) =>
    entities.find((other) => other.type === type && other.offset === one.offset && other.length === one.length);
  return entities.flatMap(({ tag: _, language, ...one }) => {
    if (one.type === 'code' && twin(one, 'pre')) return [];
    if (one.type !== 'pre') return [one];
    const named = twin(one, 'code')?.language;
    return [named ? { ...one, language: named } : one];
  });
}

/** What an entity such as `&lt;` or `&#33;` means; one that Telegram does not know is left as it stands. */
function decode(source: string, begin: number): [string, number] {
  const found = /^&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]+))(;?)/i.exec(source.slice(begin, begin + 12));
  if (!found) return ['&', begin + 1];
  const [whole, hex, decimal, name, end] = found;
  if (name !== undefined) {
    const known = Object.keys(NAMED).find((one) => name === one || (end === '' && name.startsWith(one)));
    if (!known) return ['&', begin + 1];
    const semicolon = name === known ? (end ?? '').length : 0;
    return [NAMED[known] ?? '', begin + 1 + known.length + semicolon];
  }
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code === 0 || code >= 0x10ffff) return ['&', begin + 1];
  return [String.fromCodePoint(code), begin + whole.length];
}

function skip(source: string, at: number): number {
  let next = at;
  while (next < source.length && /\s/.test(source[next] ?? '')) next++;
  return next;
}
