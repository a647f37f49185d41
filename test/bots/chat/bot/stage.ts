import { randomUUID } from 'node:crypto';
import { Bot } from '../../../../bots/chat/bot/index.ts';
import { openDelivery } from '../../../../bots/chat/delivery/index.ts';
import type { Heard, Person, Whereabouts } from '../../../../bots/chat/heard.ts';
import { type Persona, PersonaStore } from '../../../../personas/index.ts';
import { type Handler, openQueue, type Queue, type QueueWorker } from '../../../../queue/index.ts';
import { packageRoot } from '../../../../root.ts';
import { sleep, until } from '../../../queue/fixtures/messages.ts';
import { Server } from '../../../queue/fixtures/server.ts';
import { FakePlatform } from '../delivery/fixtures/platform.ts';
import { quick } from '../delivery/fixtures/quick.ts';

/**
 * A worker that shows what it was asked: `persona(turns): question`, and what the job has of `wants`, `mood` and `blocked`. `slow` takes half a second, `endless` ends when it is stopped,
 * and `long` ends for its length.
 */
const echo: Handler = async (job, { conversation, signal, resume, start, publish }) => {
  const turns = await conversation.read();
  const question = turns.find(({ id }) => id === job.turnId)?.text ?? '';
  start({ model: 'echo', promptTokens: 1 });
  const { wants, mood, blocked } = job;
  const told = wants || mood || blocked ? ` ${JSON.stringify({ wants, mood, blocked })}` : '';
  const said = `${job.begun ?? ''}${job.persona}(${turns.length}): ${question}${told}${job.begun ? ' and so on' : ''}`;
  if (resume.text === '') await publish(said, [1, 2, 3]);
  if (question.includes('slow')) await sleep(500);
  while (question.includes('endless')) {
    await sleep(20);
    signal.throwIfAborted();
  }
  return { finish: question.includes('long') ? 'length' : 'stop', text: said, figures: { replyTokens: 3 } };
};

/** Real Redis, queue, rules and delivery; a platform in memory and a worker that echoes. */
export class Stage {
  readonly platform = new FakePlatform();
  readonly queue: Queue;
  readonly bot: Bot;
  readonly warnings: object[] = [];
  readonly #personas: PersonaStore;
  readonly #server: Server;
  readonly #worker: QueueWorker;
  #lastId = 100;

  private constructor(server: Server, personas: PersonaStore) {
    this.#server = server;
    this.#personas = personas;
    this.queue = openQueue({ redis: server.handle, prefix: randomUUID() });
    this.#worker = this.queue.startWorker({ handle: echo, concurrency: 8, apologise: () => 'So sorry.' });
    const surface = { ...this.platform.surface(), limit: 2000 };
    const { queue } = this;
    const log = { info: () => {}, warn: (fields: object) => void this.warnings.push(fields) };
    const delivery = openDelivery({ queue, surface, pace: quick });
    this.bot = new Bot({ queue, personas, surface, persona: 'guide', log, delivery });
  }

  /** @param more - folders of personas, besides those that are built in */
  static async open(...more: string[]): Promise<Stage> {
    const stage = new Stage(await Server.start(), await PersonaStore.open(`${packageRoot()}/personas`, ...more));
    await stage.#worker.ready();
    return stage;
  }

  persona(id: string): Persona {
    return this.#personas.get(id);
  }

  /** A person of their own. */
  person(more: Partial<Person> = {}): Person {
    const id = `${++this.#lastId}`;
    return { id, name: `Person ${id}`, isBot: false, roles: [], canManage: false, locale: 'en-US', ...more };
  }

  /** A channel of its own, on a server of its own. */
  place({ replyTo, ...more }: Partial<Whereabouts> & { replyTo?: string } = {}): Whereabouts {
    const channel = more.channel ?? `${++this.#lastId}`;
    const place = { channel, ...(replyTo !== undefined && { replyTo }) };
    return { conversation: `test:${channel}`, channel, server: `${++this.#lastId}`, direct: false, place, ...more };
  }

  message(text: string, by: Person, at: Whereabouts, more: Partial<Heard> = {}): Heard {
    return { id: `${++this.#lastId}`, by, at, text, addressed: 'mention', ...more };
  }

  /** Says something to the bot; gives the message. */
  async say(text: string, by: Person, at: Whereabouts, more: Partial<Heard> = {}): Promise<Heard> {
    const message = this.message(text, by, at, more);
    await this.bot.hear(message);
    return message;
  }

  /** Waits until a channel shows just these texts. */
  async shows(at: Whereabouts, texts: string[]): Promise<void> {
    const now = () => this.platform.texts(at.channel);
    await until(() => JSON.stringify(now()) === JSON.stringify(texts)).catch(() => {
      throw new Error(`it shows ${JSON.stringify(now())}, not ${JSON.stringify(texts)}`);
    });
  }

  /** Waits until a channel shows so many messages, and their replies have ended. */
  async answered(at: Whereabouts, messages: number): Promise<void> {
    await until(() => this.platform.texts(at.channel).length >= messages);
    await this.settled(at);
  }

  /** Waits until the replies in a channel have ended. */
  async settled(at: Whereabouts): Promise<void> {
    await until(() => this.platform.buttons(at.channel).every((buttons) => !buttons.includes('stop')));
  }

  async close(): Promise<void> {
    await this.bot.close();
    await this.#worker.close({ handBackAfterMs: 0 });
    await this.queue.close();
    await this.#server.stop();
  }
}
