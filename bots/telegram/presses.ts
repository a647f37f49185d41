import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from 'grammy';
import type { CallbackQuery, Message } from 'grammy/types';
import type { BotCommand, Ears, Person, Whereabouts } from '../chat/heard.ts';
import { localeOf, type PersonaSource } from '../chat/index.ts';
import type { Answers } from './answers.ts';
import { messageId } from './ids.ts';
import { readPress } from './keyboard.ts';
import type { Members } from './members.ts';
import { type Choice, personaMenu, readChoice } from './menus.ts';
import { isUnchanged } from './problems.ts';
import { texts } from './texts.ts';
import { whereOf } from './triggers.ts';

/** How long somebody may look at the clock on a button, in ms. */
const PATIENCE_MS = 5000;

export interface PressesOptions {
  api: Api;
  ears: Ears;
  answers: Answers;
  members: Members;
  personas: PersonaSource;
  /** The job that a message of ours belongs to. */
  jobOf: (message: string) => Promise<string | undefined>;
}

/** Does what buttons ask for. Each press is answered in time, whatever it takes. */
export class Presses {
  readonly #options: PressesOptions;

  constructor(options: PressesOptions) {
    this.#options = options;
  }

  async handle(query: CallbackQuery): Promise<void> {
    const { answers } = this.#options;
    const done = new AbortController();
    let text: string | undefined;
    let isLate = false;
    const late = sleep(PATIENCE_MS, undefined, { signal: done.signal }).then(
      () => {
        isLate = true;
        answers.note(query.id);
      },
      () => {},
    );
    try {
      text = await this.#do(query);
    } catch (error) {
      text = texts[localeOf(query.from.language_code)].failed;
      throw error;
    } finally {
      done.abort();
      await late;
      if (!isLate) answers.note(query.id, text, { alert: (text?.length ?? 0) > 60 });
    }
  }

  /** @returns what the person is told. */
  async #do({ data = '', message, from }: CallbackQuery): Promise<string | undefined> {
    if (!message) return undefined;
    const by = await this.#options.members.person(from, message.chat.id);
    const at = whereOf(message as Message, by.locale);
    const choice = readChoice(data);
    if (choice) return this.#choose(choice, message as Message, by, at);
    const press = readPress(data);
    if (!press) return undefined;
    const jobId = press.jobId ?? (await this.#options.jobOf(messageId(message.chat.id, message.message_id)));
    if (jobId === undefined) return texts[localeOf(by.locale)].tooOld;
    return (await this.#options.ears.press(press.button, jobId, by, at)).text;
  }

  async #choose(choice: Choice, message: Message, by: Person, at: Whereabouts): Promise<string | undefined> {
    const { ears, api, answers, personas } = this.#options;
    const ask = async (name: BotCommand, options: Record<string, string>) =>
      (await ears.command(name, options, by, at)).text ?? texts[localeOf(by.locale)].done;
    switch (choice.menu) {
      case 'persona':
        return ask('persona', { name: choice.id });
      case 'settings':
        return ask('settings', { key: choice.key, value: choice.value });
      case 'erase':
        return ask('privacy', { action: 'erase' });
      case 'page': {
        const menu = personaMenu(personas.personas, choice.page, localeOf(by.locale));
        answers.background('a page of a menu', () =>
          api.editMessageReplyMarkup(message.chat.id, message.message_id, { reply_markup: menu }).catch((error) => {
            if (!isUnchanged(error)) throw error;
          }),
        );
        return undefined;
      }
    }
  }
}
