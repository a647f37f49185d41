import { createHash } from 'node:crypto';
import { parseFeed } from 'feedsmith';
import type { Headline } from '../../queue/index.ts';

/** How many entries of one feed are looked at. */
const MOST = 50;

/**
 * The headlines of an RSS, Atom, RDF or JSON feed, the newest first. An entry without a title or a web address is left out.
 *
 * @param now - ms since 1970: what has no date, or one to come, was published now.
 * @throws Error when the text is no feed.
 */
export function headlinesOf(text: string, now: number): Headline[] {
  const { title, entries } = read(text);
  const feed = plain(title, 80);
  return entries
    .slice(0, MOST)
    .flatMap(({ id, title, link = '', date }) => {
      const line = plain(title, 200);
      if (line === '' || link.length > 2000 || !URL.canParse(link) || !/^https?:$/.test(new URL(link).protocol))
        return [];
      const published = date === undefined ? Number.NaN : Date.parse(date);
      const at = Number.isNaN(published) ? now : Math.min(Math.max(published, 0), now);
      return [
        {
          id: createHash('sha256')
            .update(id ?? link)
            .digest('base64url'),
          feed,
          title: line,
          link: new URL(link).href,
          at,
        },
      ];
    })
    .sort((a, b) => b.at - a.at);
}

interface Entry {
  id: string | undefined;
  title: string | undefined;
  link: string | undefined;
  date: string | undefined;
}

function read(text: string): { title: string | undefined; entries: Entry[] } {
  const parsed = parseFeed(text);
  switch (parsed.format) {
    case 'rss':
      return {
        title: parsed.feed.title,
        entries: (parsed.feed.items ?? []).map(({ guid, title, link, pubDate, dc }) => ({
          ...{ id: guid?.value, title, link, date: pubDate ?? dc?.dates?.[0] },
        })),
      };
    case 'atom':
      return {
        title: parsed.feed.title?.value,
        entries: (parsed.feed.entries ?? []).map(({ id, title, links = [], published, updated }) => {
          const link = links.find(({ rel }) => rel === undefined || rel === 'alternate') ?? links[0];
          return { id, title: title?.value, link: link?.href, date: published ?? updated };
        }),
      };
    case 'rdf':
      return {
        title: parsed.feed.title,
        entries: (parsed.feed.items ?? []).map(({ title, link, dc }) => ({
          id: link,
          title,
          link,
          date: dc?.dates?.[0],
        })),
      };
    case 'json':
      return {
        title: parsed.feed.title,
        entries: (parsed.feed.items ?? []).map(({ id, title, url, date_published }) => ({
          ...{ id, title, link: url, date: date_published },
        })),
      };
  }
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
  '#x27': "'",
};

/** One line of plain text: titles often hold markup, once or twice encoded. */
function plain(text: string | undefined, limit: number): string {
  const decoded = (text ?? '').replace(/&(\w+|#\w+);/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
  const line = decoded
    .replace(/<[^<>]{0,500}>/g, '')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\s]+/gu, ' ')
    // A note in the chat ends with this.
    .replace(/\]/g, ')')
    .replace(/\[/g, '(')
    .trim();
  const characters = [...line];
  return characters.length <= limit
    ? line
    : `${characters
        .slice(0, limit - 1)
        .join('')
        .trimEnd()}…`;
}
