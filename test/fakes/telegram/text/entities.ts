/** A part of a text that is more than text. Offset and length count UTF-16 units. */
export interface Entity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
  readonly custom_emoji_id?: string;
  /** Of a `text_mention`: who is meant. In a request only the id matters. */
  readonly user?: { readonly id: number };
}

export interface Formatted {
  readonly text: string;
  readonly entities: readonly Entity[];
}

/** Why a text cannot be parsed, in Telegram's words without what comes before them. */
export class ParseError extends Error {}

/** How many entities a message keeps; those after them are dropped. */
export const MOST_ENTITIES = 100;

/** What is given explicitly and kept; everything else Telegram finds itself. */
export const STYLES: ReadonlySet<string> = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'blockquote',
  'expandable_blockquote',
  'code',
  'pre',
  'text_link',
  'text_mention',
  'custom_emoji',
]);

/** What nothing else can be inside of, or around, but a quotation. */
const isCode = ({ type }: Entity) => type === 'code' || type === 'pre';
const isQuote = ({ type }: Entity) => type === 'blockquote' || type === 'expandable_blockquote';

export const endOf = ({ offset, length }: Entity): number => offset + length;

/** Telegram's order: by start, the longer first. */
export function sort(entities: readonly Entity[]): Entity[] {
  return [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
}

/** Takes the styles out of code, and what is empty away. */
export function tidy(entities: readonly Entity[]): Entity[] {
  const code = entities.filter(isCode);
  const others = entities.filter((one) => !isCode(one));
  const cut = others.flatMap((one) => (isQuote(one) ? [one] : without(one, code)));
  return sort([...code, ...cut].filter(({ length }) => length > 0));
}

/** The parts of an entity that lie outside of others. */
function without(entity: Entity, others: readonly Entity[]): Entity[] {
  let parts = [entity];
  for (const other of others) {
    parts = parts.flatMap((part) => {
      if (endOf(other) <= part.offset || other.offset >= endOf(part)) return [part];
      const before = { ...part, length: Math.max(0, other.offset - part.offset) };
      const after = { ...part, offset: endOf(other), length: Math.max(0, endOf(part) - endOf(other)) };
      return [before, after].filter(({ length }) => length > 0);
    });
  }
  return parts;
}

/**
 * Checks entities that came with a request.
 *
 * @throws ParseError when one is not within the text, or cuts a character of two units in half.
 */
export function check(text: string, entities: readonly Entity[]): void {
  for (const one of entities) {
    const { offset, length } = one;
    if (length <= 0 || offset < 0) {
      throw new ParseError(`Receive an entity with incorrect offset ${offset} and length ${length}`);
    }
    if (offset >= text.length) {
      throw new ParseError(`Entity begins after the end of the text at UTF-16 offset ${offset}`);
    }
    if (endOf(one) > text.length) {
      throw new ParseError(
        `Entity beginning at UTF-16 offset ${offset} ends after the end of the text at UTF-16 offset ${endOf(one)}`,
      );
    }
    if (splits(text, offset)) {
      throw new ParseError(`Entity begins in a middle of a UTF-16 symbol at byte offset ${bytes(text, offset)}`);
    }
    if (splits(text, endOf(one))) {
      throw new ParseError(
        `Entity beginning at UTF-16 offset ${offset} ends in a middle of a UTF-16 symbol at byte offset ${bytes(text, endOf(one))}`,
      );
    }
  }
}

/** Takes away white space before and after the text. */
export function trim({ text, entities }: Formatted): Formatted {
  const clean = text.trim();
  const before = text.indexOf(clean);
  const moved = entities.flatMap((one) => {
    const offset = Math.max(0, one.offset - before);
    const end = Math.min(clean.length, endOf(one) - before);
    return end > offset ? [{ ...one, offset, length: end - offset }] : [];
  });
  return { text: clean, entities: moved };
}

/** How many bytes of UTF-8 come before a place in a text: Telegram names places so. */
export function bytes(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at));
}

function splits(text: string, at: number): boolean {
  const [high = 0, low = 0] = [text.charCodeAt(at - 1), text.charCodeAt(at)];
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
