import type { MessageEntity } from 'grammy/types';

/** The looks that we give to text. */
export type Style = 'bold' | 'italic' | 'strikethrough' | 'spoiler' | 'code' | 'pre' | 'text_link' | 'blockquote';

/** A stretch of text with a look, in UTF-16 units: `start` up to but not including `end`. */
export interface Styled {
  readonly style: Style;
  readonly start: number;
  readonly end: number;
  /** Of a link. */
  readonly url?: string;
  /** Of a block of code. */
  readonly language?: string;
}

/** Of two around the same text, which one is around the other. */
const outwards: readonly Style[] = [
  'blockquote',
  'text_link',
  'bold',
  'italic',
  'strikethrough',
  'spoiler',
  'code',
  'pre',
];

/** Telegram ignores what is more. */
const MOST = 100;

const isCode = ({ style }: Styled) => style === 'code' || style === 'pre';

/**
 * Looks as Telegram takes them: of two that meet, one lies inside the other; code has no other look inside or around it but
 * a quotation, and in a link there is no code.
 */
export function entitiesOf(styled: readonly Styled[]): MessageEntity[] {
  const links = styled.filter(({ style }) => style === 'text_link');
  const code = styled.filter((one) => isCode(one) && !links.some((link) => meet(one, link)));
  const others = styled
    .filter((one) => !isCode(one))
    .flatMap((one) => (one.style === 'blockquote' ? one : without(one, code)));
  return nested([...code, ...others])
    .slice(0, MOST)
    .map(entityOf);
}

const meet = (one: Styled, other: Styled) => one.start < other.end && other.start < one.end;

function without(one: Styled, holes: readonly Styled[]): Styled[] {
  let pieces = [one];
  for (const { start, end } of holes) {
    pieces = pieces.flatMap((piece) =>
      piece.start < end && start < piece.end
        ? [
            { ...piece, end: Math.min(piece.end, start) },
            { ...piece, start: Math.max(piece.start, end) },
          ].filter((rest) => rest.start < rest.end)
        : [piece],
    );
  }
  return pieces;
}

/** Where two cross, the one that begins later is cut where the other ends. */
function nested(styled: readonly Styled[]): Styled[] {
  const waiting = styled.filter(({ start, end }) => start < end).sort(byStart);
  const open: Styled[] = [];
  const done: Styled[] = [];
  for (let one = waiting.shift(); one; one = waiting.shift()) {
    const { start, end } = one;
    while (open.length > 0 && (open.at(-1) as Styled).end <= start) open.pop();
    const around = open.at(-1);
    if (around && around.end < end) {
      const rest = { ...one, start: around.end };
      const at = waiting.findIndex((other) => byStart(rest, other) < 0);
      waiting.splice(at < 0 ? waiting.length : at, 0, rest);
      one = { ...one, end: around.end };
    }
    open.push(one);
    done.push(one);
  }
  return done;
}

const byStart = (one: Styled, other: Styled) =>
  one.start - other.start || other.end - one.end || outwards.indexOf(one.style) - outwards.indexOf(other.style);

function entityOf({ style, start, end, url, language }: Styled): MessageEntity {
  const where = { offset: start, length: end - start };
  if (style === 'text_link') return { type: style, ...where, url: url ?? '' };
  if (style === 'pre') return { type: style, ...where, ...(language && { language }) };
  return { type: style, ...where };
}
