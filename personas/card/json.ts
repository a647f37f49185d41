import { MAX_JSON, orRefuse, refuse } from './refuse.ts';

/** Real cards nest five or six deep. */
const MAX_DEPTH = 64;

/** A member of an object in a JSON text: where its value stands, `to` excluded. */
export interface Member {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Parses a stranger's JSON: not too long, not too deep.
 *
 * @throws WisecrackError WISECRACK_CARD_INVALID
 */
export function parseJson(text: string): unknown {
  if (text.length > MAX_JSON) refuse('textLength', { length: text.length, most: MAX_JSON });
  // Depth first: parsers and whoever walks the result may use the stack.
  if (depthOf(text) > MAX_DEPTH) refuse('depth', { most: MAX_DEPTH });
  return orRefuse('brokenJson', () => JSON.parse(text) as unknown);
}

/** UTF-8, or nothing. */
export function decodeUtf8(bytes: Uint8Array): string {
  return orRefuse('notUtf8', () => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/**
 * The members of the object that begins at `at`, in a text that `JSON.parse` accepts. With them one value can be replaced and every other
 * byte stays: numbers, order and spaces of what we do not understand.
 *
 * @throws WisecrackError WISECRACK_CARD_INVALID when a key is there twice: readers would differ about which one counts.
 */
export function membersOf(text: string, at: number): Member[] {
  const members: Member[] = [];
  const known = new Set<string>();
  for (let next = skipSpace(text, at + 1); text[next] !== '}'; ) {
    const keyEnd = endOfValue(text, next);
    const key = JSON.parse(text.slice(next, keyEnd)) as string;
    if (known.has(key)) refuse('keyTwice', { key: key.slice(0, 40) });
    known.add(key);
    const from = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const to = endOfValue(text, from);
    members.push({ key, from, to });
    next = skipSpace(text, to);
    if (text[next] === ',') next = skipSpace(text, next + 1);
  }
  return members;
}

/** Where the values of the array that begins at `at` stand. */
export function elementsOf(text: string, at: number): { from: number; to: number }[] {
  const elements: { from: number; to: number }[] = [];
  for (let from = skipSpace(text, at + 1); text[from] !== ']'; ) {
    const to = endOfValue(text, from);
    elements.push({ from, to });
    from = skipSpace(text, to);
    if (text[from] === ',') from = skipSpace(text, from + 1);
  }
  return elements;
}

/**
 * An object's text with other values for some keys; those that it lacks are put behind the others.
 *
 * @param object - begins with `{`.
 */
export function withMembers(object: string, changes: ReadonlyMap<string, string>): string {
  const members = membersOf(object, 0);
  let text = object;
  for (const { key, from, to } of [...members].reverse()) {
    const value = changes.get(key);
    if (value !== undefined) text = text.slice(0, from) + value + text.slice(to);
  }
  const added = [...changes]
    .filter(([key]) => !members.some((member) => member.key === key))
    .map(([key, value]) => `${JSON.stringify(key)}:${value}`)
    .join(',');
  if (added === '') return text;
  const end = text.lastIndexOf('}');
  return `${text.slice(0, end)}${members.length > 0 ? ',' : ''}${added}${text.slice(end)}`;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && /\s/.test(text[next] ?? '')) next++;
  return next;
}

/** The place behind the value that begins at `at`. */
function endOfValue(text: string, at: number): number {
  const first = text[at];
  if (first === '"') return endOfString(text, at);
  if (first !== '{' && first !== '[') {
    let end = at;
    while (end < text.length && !/[\s,\]}]/.test(text[end] ?? '')) end++;
    return end;
  }
  let depth = 0;
  for (let next = at; next < text.length; next++) {
    const letter = text[next];
    if (letter === '"') next = endOfString(text, next) - 1;
    else if (letter === '{' || letter === '[') depth++;
    else if ((letter === '}' || letter === ']') && --depth === 0) return next + 1;
  }
  return text.length;
}

function endOfString(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === '\\') next++;
    else if (text[next] === '"') return next + 1;
  }
  return text.length;
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') at = endOfString(text, at) - 1;
    else if (letter === '{' || letter === '[') deepest = Math.max(deepest, ++depth);
    else if (letter === '}' || letter === ']') depth--;
  }
  return deepest;
}
