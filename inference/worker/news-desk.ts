import {
  type Conversations,
  dailyHeadlines,
  type Headline,
  type Job,
  type News,
  type Turn,
} from '../../queue/index.ts';
import { fittingHeadline, noteOf } from './headlines.ts';

/** For how long the headlines are believed, in ms: they change every quarter of an hour. */
const BELIEVED_MS = 60_000;

/** Puts the news that fits into chats. */
export class NewsDesk {
  readonly #news: Pick<News, 'latest'>;
  readonly #conversations: Pick<Conversations, 'annotate'>;
  #headlines: { list: Headline[]; until: number } = { list: [], until: Number.NEGATIVE_INFINITY };

  constructor({ news, conversations }: { news: Pick<News, 'latest'>; conversations: Pick<Conversations, 'annotate'> }) {
    this.#news = news;
    this.#conversations = conversations;
  }

  /** The turns, the last of them with a note of a headline that fits it, if one does. It is written into the conversation, and stays there. */
  async tell({ conversation }: Pick<Job, 'conversation'>, turns: readonly Turn[]): Promise<readonly Turn[]> {
    const last = turns.at(-1);
    // A second attempt at a reply must see what the first one saw.
    if (!last || last.notes) return turns;
    const headline = fittingHeadline(turns, await this.#latest(), Date.now());
    if (!headline) return turns;
    const notes = [noteOf(headline)];
    await this.#conversations.annotate(conversation, last.id, notes);
    return [...turns.slice(0, -1), { ...last, notes }];
  }

  /**
   * The headlines that a question for news is answered with, at most `count`. They are written into the conversation, so that a second
   * attempt tells the same.
   */
  async choose(
    { conversation }: Pick<Job, 'conversation'>,
    question: Turn,
    topic: string | undefined,
    count: number,
  ): Promise<Headline[]> {
    const latest = await this.#latest();
    if (question.notes) {
      const known = new Map(latest.map((headline) => [headline.id, headline]));
      return question.notes.flatMap(({ id }) => known.get(id) ?? []);
    }
    const chosen = dailyHeadlines(latest, topic, Date.now(), count);
    if (chosen.length > 0) await this.#conversations.annotate(conversation, question.id, chosen.map(noteOf));
    return chosen;
  }

  async #latest(): Promise<readonly Headline[]> {
    if (performance.now() > this.#headlines.until) {
      this.#headlines = { list: await this.#news.latest(), until: performance.now() + BELIEVED_MS };
    }
    return this.#headlines.list;
  }
}
