import type { Message } from 'grammy/types';
import { type Persona, pickGreeting, resolvePersona } from '../../../personas/index.ts';
import type { Ears, Person, Whereabouts } from '../../chat/heard.ts';
import { type Locale, localeOf, type PersonaSource } from '../../chat/index.ts';
import type { Answers } from '../answers.ts';
import type { Members } from '../members.ts';
import { personaMenu, privacyMenu, settingsMenu } from '../menus.ts';
import { texts } from '../texts.ts';
import { speakerOf, whereOf } from '../triggers.ts';
import type { Command } from '../words.ts';
import type { CommandName } from './definitions.ts';
import { moodOptions, type Options, personaInLink, settingsOptions } from './options.ts';

export interface CommandsOptions {
  ears: Ears;
  answers: Answers;
  members: Members;
  personas: PersonaSource;
  /** The persona that greets. */
  persona: string;
}

/** What somebody wants to know or do, and where. */
interface Wish {
  by: Person;
  at: Whereabouts;
  locale: Locale;
}

/** Does what commands ask for, all but `/ask`, and says so. */
export class Commands {
  readonly #options: CommandsOptions;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  async handle(message: Message, name: CommandName, { rest }: Command): Promise<void> {
    const { members, answers } = this.#options;
    const { from, sender_chat: chat } = message;
    // Other bots could go on for ever.
    if (!chat && (!from || from.is_bot)) return;
    const by = chat || !from ? speakerOf(message) : await members.person(from, message.chat.id);
    if (!by) return;
    const wish: Wish = { by, at: whereOf(message, by.locale), locale: localeOf(by.locale) };
    switch (name) {
      case 'start':
        return this.#start(wish, rest);
      case 'persona':
        return this.#persona(wish, rest);
      case 'settings':
        return this.#settings(wish, rest);
      case 'privacy': {
        const erases = rest === 'erase';
        const text = await this.#ask('privacy', erases ? { action: 'erase' } : {}, wish);
        return answers.say(wish.at.place, text, erases ? undefined : privacyMenu(wish.locale));
      }
      case 'mood':
        return answers.say(wish.at.place, await this.#ask('mood', moodOptions(rest), wish));
      default:
        return answers.say(wish.at.place, await this.#ask(name, {}, wish));
    }
  }

  async #start(wish: Wish, payload: string): Promise<void> {
    const { personas, persona, answers } = this.#options;
    const asked = personaInLink(payload);
    const known = asked !== undefined && personas.has(asked);
    if (known) await this.#ask('persona', { name: asked }, wish);
    const id = known ? asked : persona;
    const greeter = personas.has(id) ? personas.get(id) : personas.personas[0];
    const { whoElse } = texts[wish.locale];
    const text = greeter ? `**${greeter.name}**\n${greetingOf(greeter, wish.locale)}\n\n${whoElse}` : whoElse;
    answers.say(wish.at.place, text, personaMenu(personas.personas, 0, wish.locale));
  }

  async #persona(wish: Wish, name: string): Promise<void> {
    const { personas, answers } = this.#options;
    if (name !== '') return answers.say(wish.at.place, await this.#ask('persona', { name }, wish));
    const list = await this.#ask('persona', {}, wish);
    const menu = personaMenu(personas.personas, 0, wish.locale);
    answers.say(wish.at.place, `${list}\n\n${texts[wish.locale].whoTalks}`, menu);
  }

  async #settings(wish: Wish, rest: string): Promise<void> {
    const options = settingsOptions(rest);
    const text = await this.#ask('settings', options, wish);
    if (options.key !== 'show') return this.#options.answers.say(wish.at.place, text);
    const how = texts[wish.locale].settingsHow;
    this.#options.answers.say(wish.at.place, `${text}\n\n${how}`, settingsMenu(wish.locale));
  }

  async #ask(name: Exclude<CommandName, 'start'>, options: Options, { by, at, locale }: Wish): Promise<string> {
    const { text } = await this.#options.ears.command(name, options, by, at);
    return text ?? (name === 'retry' || name === 'continue' ? '' : texts[locale].done);
  }
}

/** One of a persona's greetings, as it greets here. */
const greetingOf = (persona: Persona, language: Locale) =>
  pickGreeting(resolvePersona(persona, { platform: 'telegram', language }));
