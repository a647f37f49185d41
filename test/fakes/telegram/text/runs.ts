import { type Entity, endOf, type Formatted } from './entities.ts';

/** A stretch of text with one look. */
export interface Run {
  readonly text: string;
  readonly styles: readonly string[];
  readonly url?: string;
}

/** A text in stretches, for who draws it. */
export function runs({ text, entities }: Formatted): Run[] {
  const borders = [0, text.length, ...entities.flatMap((one) => [one.offset, endOf(one)])];
  const places = [...new Set(borders)].sort((a, b) => a - b);
  return places.slice(0, -1).map((begin, at) => {
    const end = places[at + 1] ?? text.length;
    const here = entities.filter((one) => one.offset <= begin && endOf(one) >= end);
    const url = here.find((one) => one.url)?.url ?? addressOf(here, text);
    return { text: text.slice(begin, end), styles: here.map(({ type }) => type), ...(url !== undefined && { url }) };
  });
}

function addressOf(entities: readonly Entity[], text: string): string | undefined {
  const one = entities.find(({ type }) => type === 'url');
  return one && text.slice(one.offset, endOf(one));
}
