import { type Entity, endOf, type Formatted, STYLES } from './entities.ts';

const SHORT: Readonly<Record<string, string>> = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  spoiler: 'spoiler',
  blockquote: 'quote',
  expandable_blockquote: 'folded',
  code: 'code',
  pre: 'pre',
  text_link: 'a',
  text_mention: 'user',
  custom_emoji: 'emoji',
};

/** A text as a reader sees it, in one string: `<b>bold</b> <a https://example.com/>link</a> <pre python>…</pre>`. */
export function showText({ text, entities }: Formatted): string {
  const styles = entities.filter(({ type }) => STYLES.has(type));
  const marks = new Map<number, { ends: string[]; starts: string[] }>();
  const at = (place: number) => {
    const known = marks.get(place) ?? { ends: [], starts: [] };
    marks.set(place, known);
    return known;
  };
  for (const one of styles) {
    at(one.offset).starts.push(`<${[SHORT[one.type], about(one)].filter(Boolean).join(' ')}>`);
    // Sorted by start and length: what begins later ends earlier.
    at(endOf(one)).ends.unshift(`</${SHORT[one.type]}>`);
  }
  let shown = '';
  for (let place = 0; place <= text.length; place++) {
    const { ends = [], starts = [] } = marks.get(place) ?? {};
    shown += ends.join('') + starts.join('') + text.charAt(place);
  }
  return shown;
}

function about({ url, language, user }: Entity): string {
  return url ?? language ?? (user ? String(user.id) : '');
}
