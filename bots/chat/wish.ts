import { dailyHeadlines, type Queue, type Turn, type Wants } from '../../queue/index.ts';
import { momentText, type Range, readRange } from './range.ts';
import type { Say } from './texts/index.ts';

/** What somebody wants that is no question of their own: the news, or what was said meanwhile. */
export type Wish =
  | { readonly kind: 'news'; readonly topic?: string }
  /** `range` as somebody wrote it; without it, all since they spoke last. */
  | { readonly kind: 'catchup'; readonly range?: string };

/** A wish as a question in the person's name, and what the worker is to do; or what they are told instead. */
export type Wished = { readonly text: string; readonly wants: Wants } | { readonly instead: string };

export interface Wisher {
  readonly conversation: string;
  /** `platform:id`. */
  readonly user: string;
  /** The turn that the wish becomes: told once more, it must mean the same. */
  readonly turnId: string;
  readonly say: Say;
  /** ms since 1970 */
  readonly now: number;
}

type Sources = Pick<Queue, 'conversations' | 'news'>;

const LONGEST_TOPIC = 200;
/** What a catch-up is about when somebody has never spoken here. */
const SOME = 50;

/** Whether there is something to tell, and how it is asked for. */
export function lookUp(sources: Sources, wish: Wish, who: Wisher): Promise<Wished> {
  return wish.kind === 'news' ? news(sources, wish.topic ?? '', who) : catchUp(sources, wish.range?.trim() ?? '', who);
}

async function news({ news }: Sources, wanted: string, { say, now }: Wisher): Promise<Wished> {
  const latest = await news.latest();
  // As the worker chooses them: what it would find nothing for needs no job.
  const areThere = (topic?: string) => dailyHeadlines(latest, topic, now, 1).length > 0;
  if (!areThere()) return { instead: say('noNews') };
  const topic = [...wanted.replace(/\s+/g, ' ').trim()].slice(0, LONGEST_TOPIC / 2).join('');
  if (topic === '') return { text: say('newsAsk'), wants: { kind: 'news' } };
  if (!areThere(topic)) return { instead: say('noNewsAbout', { topic }) };
  return { text: say('newsAskAbout', { topic }), wants: { kind: 'news', topic } };
}

async function catchUp({ conversations }: Sources, wanted: string, who: Wisher): Promise<Wished> {
  const { conversation, turnId, say, now } = who;
  const stored = await conversations.read(conversation);
  const asked = stored.findIndex(({ id }) => id === turnId);
  const turns = asked < 0 ? stored : stored.slice(0, asked);
  if (wanted === '') return sinceTheySpoke(turns, who);
  const range = readRange(wanted, now);
  if (!range) return { instead: say('catchupUnclear', { given: [...wanted].slice(0, 40).join('') }) };
  const found = 'last' in range ? turns.slice(-range.last) : turns.filter(({ at }) => at >= range.since);
  if (found.length === 0) return { instead: say('nothingSaid') };
  return { text: questionOf(range, who), wants: { kind: 'catchup', ...range } };
}

/** What others said, and what they were answered, since somebody spoke last. */
function sinceTheySpoke(turns: readonly Turn[], { user, say }: Wisher): Wished {
  const mine = turns.filter(({ role, author }) => role === 'user' && author.id === user);
  const last = mine.at(-1);
  const answered = new Set(mine.map(({ id }) => id));
  const missed = turns.filter(({ at, replyTo }) => !last || (at > last.at && !answered.has(replyTo ?? '')));
  if (missed.length === 0) return { instead: say(last ? 'nothingMissed' : 'nothingSaid') };
  const range = last ? { since: last.at + 1 } : { last: SOME };
  return { text: say('catchupAsk'), wants: { kind: 'catchup', ...range } };
}

function questionOf(range: Range, { say, now }: Wisher): string {
  return 'last' in range
    ? say('catchupAskLast', { count: range.last })
    : say('catchupAskSince', { time: momentText(range.since, now) });
}
