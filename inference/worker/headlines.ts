import { freshHeadlines, type Headline, type Note, readHeadline, type Turn, wordsOf } from '../../queue/index.ts';

/**
 * The headline that fits what somebody says, if one does and was not told in this chat before: it must share two words that are rare
 * among the headlines, or one that is nearly its own and is a name.
 *
 * @param now - ms since 1970
 */
export function fittingHeadline(
  turns: readonly Turn[],
  headlines: readonly Headline[],
  now: number,
): Headline | undefined {
  const told = new Set(turns.flatMap(({ notes = [] }) => notes.map(({ id }) => id)));
  const said = new Set(wordsOf(turns.at(-1)?.text ?? ''));
  if (said.size === 0) return undefined;
  const fresh = freshHeadlines(headlines, now);
  const spread = new Map<string, number>();
  for (const headline of fresh)
    for (const word of readHeadline(headline).words) spread.set(word, (spread.get(word) ?? 0) + 1);

  let best: Headline | undefined;
  let most = 0;
  for (const headline of fresh) {
    if (told.has(headline.id)) continue;
    const { words, names } = readHeadline(headline);
    const shared = [...words].filter((word) => said.has(word));
    const rare = shared.filter((word) => (spread.get(word) ?? 0) <= Math.max(3, fresh.length / 20));
    const isNamed = rare.some((word) => names.has(word) && (spread.get(word) ?? 0) <= 3);
    const score = rare.reduce((sum, word) => sum + 1 / (spread.get(word) ?? 1), 0);
    if ((rare.length >= 2 || isNamed) && score > most) [best, most] = [headline, score];
  }
  return best;
}

/** How a headline stands in the chat: dated, with its source. */
export function noteOf({ id, at, feed, title }: Headline): Note {
  const day = new Date(at).toISOString().slice(0, 10);
  return { id, text: `${day}, ${feed || 'news'}: ${title}` };
}
