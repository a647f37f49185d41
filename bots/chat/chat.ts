import { randomUUID } from 'node:crypto';
import { WisecrackError } from '../../errors.ts';
import type { Persona } from '../../personas/index.ts';
import {
  effective,
  LONGEST_TEXT,
  type Queue,
  type Rules,
  type Scope,
  type Turn,
  type Wants,
} from '../../queue/index.ts';
import { mannersOf } from './manners.ts';
import { readMood } from './moods.ts';
import type { Say } from './texts/index.ts';
import { type Update, updatesOf } from './updates.ts';
import { lookUp, type Wish } from './wish.ts';

/** Where personas come from; looked up anew each time, so that an edited file counts at once. `PersonaStore` is one. */
export interface PersonaSource {
  readonly personas: readonly Persona[];
  has(id: string): boolean;
  /** @throws WisecrackError WISECRACK_PERSONA_NOT_FOUND */
  get(id: string): Persona;
}

export interface ChatOptions {
  queue: Queue;
  personas: PersonaSource;
  /** What job ids begin with, e.g. `console`. */
  platform: string;
  /** The persona of conversations that have chosen none. */
  persona: string;
}

/** Something that a person says to the bot. */
export interface Message {
  /** `platform:chat`. */
  conversation: string;
  /** The platform's id of it: the same one twice is one message. Default: a new one. */
  id?: string;
  author: Turn['author'];
  text: string;
  /** The persona that answers, if not the conversation's own. */
  persona?: string;
  /** The same seed gives the same reply. Default: made of the id. */
  seed?: number;
  locale?: string;
  /** What is wanted, where it is not just an answer. */
  wants?: Wants;
}

/** The conversations of one platform. */
export class Chat {
  readonly #queue: Queue;
  readonly personas: PersonaSource;
  readonly #platform: string;
  readonly #default: string;
  /** Replies in the making, by conversation. */
  readonly #running = new Map<string, Set<string>>();

  constructor({ queue, personas, platform, persona }: ChatOptions) {
    this.#queue = queue;
    this.personas = personas;
    this.#platform = platform;
    this.#default = persona;
  }

  /**
   * Stores a message and asks for a reply to it.
   *
   * @returns the job, to be followed.
   * @throws WisecrackError WISECRACK_QUESTION_INVALID
   */
  async say({ conversation, id = randomUUID(), author, text, persona, seed, locale, wants }: Message): Promise<string> {
    checkText(text);
    const name = `${this.#platform}:${id}`;
    const voice = persona ?? (await this.personaOf(conversation)).id;
    const { jobId } = await this.#queue.submit(
      { id: name, role: 'user', author, text, at: Date.now() },
      {
        id: name,
        platform: this.#platform,
        conversation,
        persona: voice,
        ...(seed !== undefined && { seed }),
        ...(locale !== undefined && { locale }),
        ...mannersOf(await this.#rules(conversation)),
        ...(wants && { wants }),
      },
    );
    this.#running.set(conversation, (this.#running.get(conversation) ?? new Set()).add(jobId));
    return jobId;
  }

  /** Asks for the news or a catch-up in the person's name. @returns the job; or what they are told instead. */
  async wish(
    wish: Wish,
    { say, ...message }: Omit<Message, 'text' | 'wants'> & { say: Say },
  ): Promise<{ job: string } | { instead: string }> {
    const id = message.id ?? randomUUID();
    const { conversation, author } = message;
    const who = { conversation, user: author.id, turnId: `${this.#platform}:${id}`, say, now: Date.now() };
    const wished = await lookUp(this.#queue, wish, who);
    return 'instead' in wished ? wished : { job: await this.say({ ...message, ...wished, id }) };
  }

  /** Shows or changes the mood of the conversation. @returns what the person is told. */
  async mood(conversation: string, wanted: string, say: Say): Promise<string> {
    const { mood: now } = await this.#rules(conversation);
    const { text, mood } = readMood(await this.personaOf(conversation), wanted, now, say);
    if (mood !== undefined) await this.#queue.rules.change(scopeOf(conversation), { mood }, this.#platform);
    return text;
  }

  /** What becomes of a reply, until its end; an aborted signal ends it without one. */
  async *follow(jobId: string, signal?: AbortSignal): AsyncGenerator<Update, void> {
    for await (const update of updatesOf(this.#queue, jobId, signal)) {
      if (update.type === 'end') this.#forget(jobId);
      yield update;
    }
  }

  /** Stops the replies in the making. @returns whether there was one. */
  async stop(conversation: string): Promise<boolean> {
    const jobs = [...(this.#running.get(conversation) ?? [])];
    const met = await Promise.all(jobs.map((jobId) => this.#queue.cancel(jobId)));
    return met.some((state) => state !== 'finished');
  }

  /** Forgets what was said. A reply in the making is stopped: it answers what no longer is. */
  async reset(conversation: string): Promise<void> {
    await this.stop(conversation);
    await this.#queue.conversations.clear(conversation);
  }

  /** How many messages the conversation has. */
  async remembered(conversation: string): Promise<number> {
    return (await this.#queue.conversations.read(conversation)).length;
  }

  /** Who answers here: the conversation's choice, the default, or, when both are gone, anybody at all. */
  async personaOf(conversation: string): Promise<Persona> {
    const chosen = await this.#queue.conversations.getPersona(conversation);
    if (chosen !== undefined && this.personas.has(chosen)) return this.personas.get(chosen);
    const first = this.personas.personas[0];
    if (!this.personas.has(this.#default) && first) return first;
    return this.personas.get(this.#default);
  }

  async choose(conversation: string, persona: Persona): Promise<void> {
    await this.#queue.conversations.setPersona(conversation, persona.id);
  }

  async #rules(conversation: string): Promise<Rules> {
    return effective(await this.#queue.rules.read(['all', scopeOf(conversation)]));
  }

  #forget(jobId: string): void {
    for (const [conversation, jobs] of this.#running) {
      if (jobs.delete(jobId) && jobs.size === 0) this.#running.delete(conversation);
    }
  }
}

const scopeOf = (conversation: string): Scope => `channel:${conversation}`;

/** Whether a text can be asked. @throws WisecrackError WISECRACK_QUESTION_INVALID */
export function checkText(text: string): void {
  if (text.trim() === '') throw new WisecrackError('WISECRACK_QUESTION_INVALID', { reason: 'it is empty' });
  if (text.length > LONGEST_TEXT) {
    const reason = `it has ${text.length} characters`;
    throw new WisecrackError('WISECRACK_QUESTION_INVALID', { reason });
  }
}
