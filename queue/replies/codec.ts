import { z } from 'zod';
import { Chance, type End, type Piece, parse, parseJson, ReplyEvent, type Start } from '../schema/index.ts';
import type { Store } from '../store.ts';

const Data = z.record(z.string(), z.unknown());

/** An event as the fields of a stream's entry. Pieces come by the thousand, so they are spared the JSON. */
export function encodeEvent(event: Start | Piece | End): string[] {
  if (event.type === 'piece') {
    const chances = event.chances ? ['chances', JSON.stringify(event.chances)] : [];
    return ['type', 'piece', 'text', event.text, 'tokens', event.tokens.join(','), ...chances];
  }
  const { type, ...data } = event;
  return ['type', type, 'data', JSON.stringify(data)];
}

/** The event of a stream's entry, checked. */
export function decodeEvent(id: string, fields: string[]): ReplyEvent {
  const { type, text, tokens, data, chances } = recordOf(fields);
  const what = `event ${id}`;
  if (type === 'piece') {
    const numbers = tokens ? tokens.split(',').map(Number) : [];
    const told = chances === undefined ? {} : { chances: parseJson(z.array(Chance), chances, what) };
    return { id, ...parse(ReplyEvent, { type, text, tokens: numbers, ...told }, what) };
  }
  const rest = parseJson(Data, data ?? '', what);
  return { id, ...parse(ReplyEvent, { ...rest, type }, what) };
}

/** What the attempts so far have published of a reply. */
export async function readPieces({ redis, keys }: Pick<Store, 'redis' | 'keys'>, jobId: string) {
  let text = '';
  const tokens: number[] = [];
  for (const [id, fields] of await redis.xrange(keys.stream(jobId), '-', '+')) {
    const event = decodeEvent(id, fields);
    if (event.type !== 'piece') continue;
    text += event.text;
    tokens.push(...event.tokens);
  }
  return { text, tokens };
}

/** Redis gives an entry's fields as one list: name, value, name, value. */
function recordOf(fields: string[]): Record<string, string | undefined> {
  return Object.fromEntries(fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1]]] : [])));
}
