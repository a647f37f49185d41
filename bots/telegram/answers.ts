import type { Api } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
import type { BotLog } from '../chat/bot/index.ts';
import { splitText } from '../chat/split/index.ts';
import type { Place } from '../chat/surface.ts';
import { readMessageId } from './ids.ts';
import { problemOf } from './problems.ts';
import { LIMIT, render } from './render/index.ts';
import { worded } from './worded.ts';

/** What a callback may be answered with, in characters. */
const LONGEST_NOTE = 200;

/**
 * What the bot says itself: answers to commands and buttons. None of it is waited for, so that an update is done as soon as
 * it has been heard; what fails is logged.
 */
export class Answers {
  readonly #api: Api;
  readonly #log: BotLog;
  readonly #sending = new Set<Promise<void>>();

  constructor(api: Api, log: BotLog) {
    this.#api = api;
    this.#log = log;
  }

  /** Says Markdown in a place, in as many messages as it takes; the last one has the buttons. */
  say({ channel, replyTo, extra }: Place, markdown: string, keyboard?: InlineKeyboardMarkup): void {
    const answered = replyTo === undefined ? undefined : readMessageId(replyTo)?.message;
    const more = {
      ...(extra?.topic !== undefined && { message_thread_id: Number(extra.topic) }),
      ...(answered !== undefined && {
        reply_parameters: { message_id: answered, allow_sending_without_reply: true },
      }),
      link_preview_options: { is_disabled: true },
    };
    const measure = (text: string) => render(text).text.length;
    const texts = splitText(markdown, { limit: LIMIT, measure }, { growing: false }).map((part) => part.text);
    this.background('an answer', async () => {
      for (const [at, page] of texts.filter((text) => text.trim() !== '').entries()) {
        const markup = at === texts.length - 1 && keyboard ? { reply_markup: keyboard } : {};
        await worded(page, ({ text, entities }) =>
          this.#api.sendMessage(channel, text, { ...more, ...markup, entities }),
        );
      }
    });
  }

  /** Ends the little clock on a button, with a note for the one who pressed it. */
  note(callback: string, text?: string, { alert = false } = {}): void {
    const note = text !== undefined && text.length > LONGEST_NOTE ? `${text.slice(0, LONGEST_NOTE - 1)}…` : text;
    this.background('an answer to a button', () =>
      this.#api.answerCallbackQuery(callback, { ...(note && { text: note }), ...(alert && { show_alert: true }) }),
    );
  }

  /** Does something that nobody waits for. */
  background(what: string, act: () => Promise<unknown>): void {
    const done: Promise<void> = act()
      .then(() => {})
      .catch((error) => this.#log.warn({ error: problemOf(error, 'send').message }, `${what} could not be sent`))
      .finally(() => this.#sending.delete(done));
    this.#sending.add(done);
  }

  /** Resolves when all that is on its way has gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending);
  }
}
