import { effective, type Queue } from '../../queue/index.ts';
import type { Answer, BotCommand, Ears, Heard, Person, Whereabouts } from '../chat/heard.ts';
import { isButton } from '../chat/labels.ts';
import { conversationOf, messageIdOf, PLATFORM } from './ids.ts';

/** Somebody who chats on the web. */
export interface WebPerson {
  /** What `platform:id` is made of; see `Whereabouts`. */
  readonly id: string;
  readonly name: string;
  /** The language of their page. */
  readonly locale?: string;
}

export interface WebChatOptions {
  queue: Queue;
  ears: Ears;
  /** The persona that answers where nobody has chosen one. */
  persona: string;
}

/** What pages ask for. Everything is of the one person's own chat: there is no way to name another one. */
export class WebChat {
  readonly #queue: Queue;
  readonly #ears: Ears;
  readonly #persona: string;

  constructor({ queue, ears, persona }: WebChatOptions) {
    this.#queue = queue;
    this.#ears = ears;
    this.#persona = persona;
  }

  /**
   * Shows what a person says, and has it answered. The same again adds what is missing after a death in between.
   *
   * @param said - the page's id of it. @returns the id of the message
   */
  async say(person: WebPerson, said: string, text: string): Promise<string> {
    const id = messageIdOf(person.id, said);
    const message = { id, role: 'person' as const, text, buttons: [], jobId: '', at: Date.now() };
    await this.#queue.shown.put(conversationOf(person.id), message);
    await this.#ears.hear(heardOf(person, id, text));
    return id;
  }

  /** Says something in other words; false when there is no such message of theirs. */
  async edit(person: WebPerson, id: string, text: string): Promise<boolean> {
    const conversation = conversationOf(person.id);
    const before = await this.#own(person, id);
    if (!before || !(await this.#queue.shown.edit(conversation, { ...before, text }))) return false;
    await this.#ears.edited(heardOf(person, id, text));
    return true;
  }

  /** Takes back what a person said, and the answer to it; false when there is no such message of theirs. */
  async remove(person: WebPerson, id: string): Promise<boolean> {
    const conversation = conversationOf(person.id);
    if (!(await this.#own(person, id))) return false;
    await this.#ears.deleted({ conversation, ids: [id] });
    await this.#queue.shown.remove(conversation, [id]);
    return true;
  }

  /** Presses what stands below a message; undefined when there is no such button. */
  async press(person: WebPerson, id: string, button: string): Promise<Answer | undefined> {
    const message = await this.#queue.shown.get(conversationOf(person.id), id);
    if (!message || !isButton(button) || !message.buttons.includes(button)) return undefined;
    return this.#ears.press(button, message.jobId, speakerOf(person), whereOf(person));
  }

  command(person: WebPerson, name: BotCommand, options: Readonly<Record<string, string>>): Promise<Answer> {
    return this.#ears.command(name, options, speakerOf(person), whereOf(person));
  }

  /** The persona that answers now. */
  async personaOf({ id }: WebPerson): Promise<string> {
    const chat = conversationOf(id);
    return effective(await this.#queue.rules.read(['all', `channel:${chat}`, `user:${chat}`])).persona ?? this.#persona;
  }

  async #own({ id: person }: WebPerson, id: string) {
    const message = await this.#queue.shown.get(conversationOf(person), id);
    return message?.role === 'person' ? message : undefined;
  }
}

function heardOf(person: WebPerson, id: string, text: string): Heard {
  const asked = { id, by: speakerOf(person), at: whereOf(person) };
  const wish = wishIn(text);
  return wish ? { ...asked, text: '', wish, addressed: 'command' } : { ...asked, text, addressed: 'direct' };
}

/** The commands that the persona answers: they stand in the chat like a question. */
function wishIn(text: string): Heard['wish'] {
  const [, name, rest = ''] = /^\/(catchup|news)(?:\s+(.*))?$/i.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  return name.toLowerCase() === 'news' ? { kind: 'news', topic: rest } : { kind: 'catchup', range: rest };
}

/** Alone in their chat, everybody may change how it goes there, as on other platforms. */
const speakerOf = ({ id, name, locale }: WebPerson): Person => ({
  ...{ id, name, isBot: false, roles: [], canManage: true },
  ...(locale !== undefined && { locale }),
});

const whereOf = ({ id }: WebPerson): Whereabouts => ({
  ...{ conversation: conversationOf(id), channel: id, direct: true },
  place: { channel: id },
});

/** `platform:id`, by which rules and the audit know a person. */
export const userOf = ({ id }: Pick<WebPerson, 'id'>): string => `${PLATFORM}:${id}`;
