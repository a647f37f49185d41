import type { Headline } from './schema/index.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Older news is no news. */
const FRESH_MS = 3 * DAY_MS;

/** The headlines that are still news. @param now - ms since 1970 */
export function freshHeadlines(headlines: readonly Headline[], now: number): Headline[] {
  return headlines.filter(({ at }) => at > now - FRESH_MS);
}

/** The headlines of the last day, or those of the last three days that tell of a topic; the newest first. @param now - ms since 1970 */
export function dailyHeadlines(
  headlines: readonly Headline[],
  topic: string | undefined,
  now: number,
  count: number,
): Headline[] {
  const fresh = freshHeadlines(headlines, now);
  const today = fresh.filter(({ at }) => at > now - DAY_MS);
  if (topic === undefined || topic.trim() === '') return (today.length > 0 ? today : fresh).slice(0, count);
  const wanted = new Set(wordsOf(topic));
  // Short words stand for nothing by themselves, but somebody who asks for "AI" means it.
  const plain = spaced(topic);
  return fresh
    .filter(
      (headline) =>
        (plain.trim() !== '' && spaced(headline.title).includes(plain)) ||
        [...readHeadline(headline).words].some((word) => wanted.has(word)),
    )
    .slice(0, count);
}

/** Words with a space around each, in small letters; a character that is written without spaces is a word. */
function spaced(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return ` ${words.join(' ')} `;
}

/** What a title's words are is asked for each reply, and stays what it was. */
const known = new WeakMap<Headline, { words: ReadonlySet<string>; names: ReadonlySet<string> }>();

/** The words of a title, and which of them are names. */
export function readHeadline(headline: Headline) {
  const found = known.get(headline) ?? { words: new Set(wordsOf(headline.title)), names: namesIn(headline.title) };
  known.set(headline, found);
  return found;
}

/** Words of some length, and pairs of characters where a script writes no spaces. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  const words = plain.match(/[\p{L}\p{N}]{4,}/gu) ?? [];
  const spaced = words.filter((word) => !UNSPACED.test(word) && !COMMON.has(word));
  const runs = plain.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]{2,}/gu) ?? [];
  const pairs = runs.flatMap((run) => {
    const characters = [...run];
    return characters.slice(1).map((second, at) => `${characters[at]}${second}`);
  });
  return [...spaced, ...pairs.filter((pair) => !COMMON.has(pair))];
}

/** Words with a capital letter behind the first word of a title, in small letters. */
function namesIn(title: string): Set<string> {
  const words = title.split(/\s+/).slice(1);
  // Where every word has one, a capital letter says nothing.
  if (words.filter((word) => /^\p{Lu}/u.test(word)).length > words.length / 2) return new Set();
  return new Set(words.filter((word) => /^\p{Lu}/u.test(word)).flatMap(wordsOf));
}

const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;
/** What everybody says all the time. */
const COMMON = new Set(
  `about after again against almost also always another anybody anyone anything around away back because been before being best better
  between both came cannot come could days does doing done down each else even ever every everybody everyone everything find first from
  gave getting give goes going gone good great have having hear heard here home house into just keep kind knew know known last least less
  life like little long look lots made make many maybe might more most much must need never next night nobody nothing once only other
  over part people perhaps place please really right said same says seen should show since some somebody someone something soon still
  such sure take tell than thank thanks that their them then there these they thing things think this those though thought three time
  times today together tomorrow tonight took under until upon used very wait want wants wanted watch week well went were what when where
  which while will wish with within without word words work world would year years yesterday yourself
  monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november
  december
  什么 怎么 这个 那个 我们 你们 他们 可以 没有 一个 不是 就是 还是 知道 今天 明天 昨天 现在 觉得 因为 所以 但是 如果`.split(
    /\s+/,
  ),
);
