import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from 'grammy';
import type { InlineQuery, InlineQueryResult } from 'grammy/types';
import type { Person } from '../chat/heard.ts';
import { localeOf } from '../chat/index.ts';
import { Recent } from '../chat/recent.ts';
import type { Answers } from './answers.ts';
import { personOf } from './people.ts';
import { LIMIT, plain, render } from './render/index.ts';
import { texts } from './texts.ts';

/** Telegram asks at each letter: only who pauses this long, in ms, has asked. */
const PAUSE_MS = 800;
/** Telegram waits for about ten seconds. */
const PATIENCE_MS = 8000;
/** How many answers are kept, and how long. */
const REMEMBERED = 1000;
const REMEMBERED_MS = 5 * 60_000;
const SHORTEST = 3;

export interface InlineOptions {
  api: Api;
  answers: Answers;
  /** Asks for one quick answer, outside of any conversation. It sees to the limits, and rejects when there is no answer. */
  quick: (question: string, by: Person) => Promise<string>;
  pauseMs?: number;
  patienceMs?: number;
}

/** `@bot question` in any chat: one quick answer to choose. One at a time for each person, and the same question is asked once. */
export class Inline {
  readonly #options: InlineOptions;
  readonly #latest = new Recent<string>(REMEMBERED);
  readonly #answers = new Recent<Promise<string>>(REMEMBERED, REMEMBERED_MS);
  readonly #asking = new Map<number, Promise<unknown>>();

  constructor(options: InlineOptions) {
    this.#options = options;
  }

  async handle({ id, from, query }: InlineQuery): Promise<void> {
    const say = texts[localeOf(from.language_code)];
    const question = query.trim();
    if (question.length < SHORTEST) return this.#offer(id, [], say.inlineAsk);
    this.#latest.set(`${from.id}`, id);
    await sleep(this.#options.pauseMs ?? PAUSE_MS);
    // Whoever has typed on is no longer interested.
    if (this.#latest.get(`${from.id}`) !== id) return;
    const enough = new AbortController();
    const patience = this.#options.patienceMs ?? PATIENCE_MS;
    const late = sleep(patience, undefined, { signal: enough.signal }).catch(() => undefined);
    try {
      const answer = await Promise.race([this.#ask(question, personOf(from, { canManage: false }), from.id), late]);
      if (answer === undefined) this.#offer(id, [], say.inlineWait);
      else this.#offer(id, [articleOf(question, answer)]);
    } catch {
      this.#offer(id, [], say.inlineFailed);
    } finally {
      enough.abort();
    }
  }

  #ask(question: string, by: Person, user: number): Promise<string> {
    const key = `${user} ${question}`;
    const known = this.#answers.get(key);
    if (known) return known;
    // The one before first: nobody gets more than one place in the queue by typing.
    const before = this.#asking.get(user) ?? Promise.resolve();
    const asked = before.then(() => this.#options.quick(question, by));
    const settled = asked.then(
      () => {},
      () => this.#answers.delete(key),
    );
    this.#answers.set(key, asked);
    this.#asking.set(user, settled);
    void settled.then(() => {
      if (this.#asking.get(user) === settled) this.#asking.delete(user);
    });
    return asked;
  }

  #offer(query: string, results: InlineQueryResult[], hint?: string): void {
    const { api, answers } = this.#options;
    answers.background('an inline answer', () =>
      api.answerInlineQuery(query, results, {
        is_personal: true,
        cache_time: hint === undefined ? REMEMBERED_MS / 1000 : 0,
        ...(hint !== undefined && { button: { text: hint, start_parameter: 'inline' } }),
      }),
    );
  }
}

/** The question and its answer, as one message. */
export function articleOf(question: string, answer: string): InlineQueryResult {
  const asked = question.replace(/\s*\n\s*/g, ' ');
  const { text, entities } = render(`> ${asked}\n\n${answer}`);
  const fits = text.length <= LIMIT;
  return {
    type: 'article',
    id: createHash('sha256').update(`${question}\n${answer}`).digest('base64url').slice(0, 32),
    title: asked.slice(0, 100),
    description: render(answer).text.slice(0, 200),
    input_message_content: {
      message_text: fits ? text : plain(answer).slice(0, LIMIT),
      ...(fits && { entities: [...entities] }),
      link_preview_options: { is_disabled: true },
    },
  };
}
