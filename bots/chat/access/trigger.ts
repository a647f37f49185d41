import type { Rules } from '../../../queue/index.ts';

/** Letters of scripts that put no space between words: there a keyword counts wherever it stands. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
const LETTER = /[\p{L}\p{N}\p{M}_]/u;

/**
 * What makes a message that is not addressed to us a question: a channel in which all is answered, or a keyword as a word of
 * its own, in any case.
 *
 * @param where.channels - the channel and, for a thread, its channel.
 */
export function triggerOf(
  rules: Pick<Rules, 'keywords' | 'answerAll'>,
  where: { readonly channels: readonly string[]; readonly text: string },
): 'channel' | 'keyword' | undefined {
  if (where.channels.some((channel) => rules.answerAll.includes(channel))) return 'channel';
  const text = fold(where.text);
  return rules.keywords.some((keyword) => hasWord(text, fold(keyword))) ? 'keyword' : undefined;
}

function hasWord(text: string, word: string): boolean {
  if (word === '') return false;
  const [first = '', last = ''] = [[...word][0], [...word].at(-1)];
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
    const after = [...text.slice(at + word.length, at + word.length + 2)][0] ?? '';
    if (!joins(before, first) && !joins(last, after)) return true;
  }
  return false;
}

/** Whether two neighbours are inside of one word. */
const joins = (left: string, right: string) =>
  LETTER.test(left) && LETTER.test(right) && !UNSPACED.test(left) && !UNSPACED.test(right);

const fold = (text: string) => text.normalize('NFKC').toLowerCase();
