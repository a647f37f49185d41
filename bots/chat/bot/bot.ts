import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../../errors.ts';
import type { Queue, Turn } from '../../../queue/index.ts';
import { decide, triggerOf } from '../access/index.ts';
import type { PersonaSource } from '../chat.ts';
import { type Delivery, openDelivery, type Pace, type ResumeOptions } from '../delivery/index.ts';
import type { Answer, BotCommand, Ears, Heard, Person, Whereabouts } from '../heard.ts';
import type { Button, Surface } from '../surface.ts';
import { localeOf, sayIn } from '../texts/index.ts';
import { lookUp, type Wish, type Wished } from '../wish.ts';
import { type AskOptions, ask, personaFor } from './ask.ts';
import { answerCommand } from './commands.ts';
import { type Here, lookHere } from './here.ts';
import { editedJobId, replyTurnOf, turnIdOf } from './jobs.ts';
import { listen, relisten } from './listen.ts';
import { pressed } from './press.ts';
import { questionOf } from './question.ts';
import { quickly, quickPlace } from './quick.ts';
import { notAllowedText, Told } from './refusals.ts';

/** Where a bot writes what it does; pino fits. */
export interface BotLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface BotOptions {
  queue: Queue;
  personas: PersonaSource;
  /** The platform, as far as showing something goes. */
  surface: Surface;
  /** The persona that answers where nobody has chosen one. */
  persona: string;
  log: BotLog;
  /** What the platform wants of the delivery's pace. */
  pace?: Partial<Pace>;
  delivery?: Delivery;
}

/**
 * One platform's bot, without the platform: decides what is answered, keeps the order among a person's questions, and hands replies
 * to the delivery. All it knows lies in Redis, so it can be killed at any time.
 */
export class Bot implements Ears {
  readonly delivery: Delivery;
  readonly #options: BotOptions;
  readonly #ask: AskOptions;
  readonly #told = new Told();
  /** Who runs the bot, `platform:id`: the platform knows. */
  operators: readonly string[] = [];
  /** Whether the platform tells us what is not meant for us: the platform knows. */
  hearsAll: () => boolean = () => true;

  constructor(options: BotOptions) {
    const { queue, personas, surface, persona, log, pace } = options;
    this.#options = options;
    this.delivery =
      options.delivery ??
      openDelivery({
        queue,
        surface,
        ...(pace && { pace }),
        texts: { waiting: (place, { locale }) => this.#waiting(place, locale) },
        onError: (error) => log.warn({ error: reasonOf(error) }, 'a delivery has trouble, and goes on'),
      });
    this.#ask = {
      ...{ queue, personas, delivery: this.delivery, platform: surface.platform, persona },
      hearsAll: () => this.hearsAll(),
    };
  }

  async hear(message: Heard): Promise<void> {
    await this.#quietly('a message could not be taken', async () => {
      const here = await this.#look(message.by, message.at);
      const turnId = turnIdOf(this.#platform, message.id);
      if (await this.#wants(message, here)) await this.#answer(message, here, turnId);
      else if (await this.#mayListen(message, here)) await listen(this.#options.queue, message, here, turnId);
    });
  }

  async edited(message: Heard): Promise<void> {
    await this.#quietly('an edit could not be taken', async () => {
      const { queue } = this.#options;
      const turnId = turnIdOf(this.#platform, message.id);
      const old = await queue.asked.ofTurn(turnId);
      if (old === undefined) {
        // It did not turn to us before, and may have been kept; perhaps it turns to us now.
        await relisten(queue, message, turnId);
        return message.addressed === 'none' ? undefined : this.hear(message);
      }
      const here = await this.#look(message.by, message.at);
      const question = questionOf(message, here.say);
      if (!('text' in question)) return;
      const { conversation } = message.at;
      const turn = await this.#turn(conversation, turnId);
      if (!turn || turn.text === question.text) return;
      await queue.conversations.replace(conversation, turnId, question.text);
      // What was asked long ago is corrected in memory only: the chat has moved on.
      if ((await queue.asked.latest(conversation, here.speaker.user)) !== old) return;
      await this.#answer(message, here, editedJobId(old, question.text), old);
    });
  }

  async deleted({ conversation, ids }: { conversation: string; ids: readonly string[] }): Promise<void> {
    await this.#quietly('a deletion could not be taken', async () => {
      const { queue } = this.#options;
      // A whole channel.
      if (ids.length === 0) await queue.conversations.clear(conversation);
      for (const id of ids) {
        const turnId = turnIdOf(this.#platform, id);
        const jobId = await queue.asked.ofTurn(turnId);
        if (jobId !== undefined) await this.delivery.drop(jobId);
        // What was not meant for us may have been kept all the same.
        await queue.conversations.remove(conversation, [turnId, ...(jobId === undefined ? [] : [replyTurnOf(jobId)])]);
      }
    });
  }

  press(button: Button, jobId: string, by: Person, at: Whereabouts): Promise<Answer> {
    return this.#telling(by, async () => pressed(this.#ask, button, jobId, await this.#look(by, at)));
  }

  command(name: BotCommand, options: Readonly<Record<string, string>>, by: Person, at: Whereabouts): Promise<Answer> {
    return this.#telling(by, async () => answerCommand(this.#ask, name, options, await this.#look(by, at)));
  }

  suggest(typed: string): readonly { id: string; name: string }[] {
    const key = typed.trim().toLowerCase();
    return this.#options.personas.personas
      .filter(({ id, name }) => id.startsWith(key) || name.toLowerCase().startsWith(key))
      .slice(0, 25)
      .map(({ id, name }) => ({ id, name }));
  }

  /**
   * One short answer outside of any conversation; nothing of it is kept.
   *
   * @throws WisecrackError WISECRACK_NO_ANSWER with what the person may be told.
   */
  async quick(text: string, by: Person): Promise<string> {
    return quickly(this.#ask, text, await this.#look(by, quickPlace(this.#platform, by)));
  }

  /** A place has another id now: its settings and what was said there go along. @param from - the platform's ids */
  async moved(from: string, to: string): Promise<void> {
    const { queue } = this.#options;
    const [old, now] = [`${this.#platform}:${from}`, `${this.#platform}:${to}`];
    for (const kind of ['server', 'channel'] as const) {
      const [settings = {}, taken = {}] = await queue.rules.read([`${kind}:${old}`, `${kind}:${now}`]);
      const renamed = JSON.parse(JSON.stringify(settings).replaceAll(JSON.stringify(old), JSON.stringify(now)));
      if (Object.keys(settings).length > 0 && Object.keys(taken).length === 0) {
        await queue.rules.change(`${kind}:${now}`, renamed, this.#platform);
      }
    }
    await queue.conversations.move(old, now);
  }

  /** Goes on with replies whose process has died. */
  resume(options?: ResumeOptions): Promise<void> {
    return this.delivery.resume(options);
  }

  close(): Promise<void> {
    return this.delivery.close();
  }

  get #platform(): string {
    return this.#options.surface.platform;
  }

  #look(by: Person, at: Whereabouts): Promise<Here> {
    return lookHere({ queue: this.#options.queue, platform: this.#platform, operators: this.operators }, by, at);
  }

  /** Whether a message is answered; somebody who turned to us in vain is told so, now and then. */
  async #wants(message: Heard, here: Here): Promise<boolean> {
    const { loops } = this.#options.queue;
    const { rules, speaker, say } = here;
    const channel = `${this.#platform}:${message.at.channel}`;
    // People end a row of bots also with what is not for us, but only where bots are answered at all.
    const loop =
      rules.bots === 'allow'
        ? await loops.note(channel, { id: message.id, bot: message.by.isBot })
        : { botTurns: 0, botRepliesThisHour: 0 };
    if (message.addressed === 'none' && !triggerOf(rules, { channels: speaker.channels, text: message.text }))
      return false;
    const decision = decide(rules, { ...speaker, ...loop, isOurErrorText: this.#isOurs(message.text) });
    if (decision === 'answer') {
      if (message.by.isBot) await loops.replied(channel, { job: turnIdOf(this.#platform, message.id) });
      return true;
    }
    if ('refuse' in decision && message.addressed !== 'none') {
      await this.#tell(here, notAllowedText(say, decision.refuse), message);
    } else if (isCommand(message)) {
      // The platform shows that somebody thinks until there is an answer.
      await this.#tell(here, say('notYou'), message);
    }
    return false;
  }

  /** Whether a message that was not meant for us may be kept: only of those whom we would answer. */
  async #mayListen({ text, addressed }: Heard, { rules, speaker }: Here): Promise<boolean> {
    if (addressed !== 'none' || !rules.listen) return false;
    const facts = { ...speaker, isOurErrorText: this.#isOurs(text), botTurns: 0, botRepliesThisHour: 0 };
    return decide(rules, facts) === 'answer';
  }

  /** Whether a text is what a persona says when something went wrong: answered, it would go on for ever. */
  #isOurs(text: string): boolean {
    return this.#options.personas.personas.some(({ lines }) => lines.error.includes(text.trim()));
  }

  /** Asks for the reply to a message; `old` is the job whose reply it takes the place of. */
  async #answer(message: Heard, here: Here, jobId: string, old?: string): Promise<void> {
    const question = message.wish ? await this.#lookUp(message.wish, message, here) : questionOf(message, here.say);
    // Nobody asked for what only a keyword or a channel made a question.
    if ('instead' in question) {
      return message.addressed === 'none' ? undefined : this.#tell(here, question.instead, message);
    }
    const turn: Turn = {
      ...{ id: turnIdOf(this.#platform, message.id), role: 'user', text: question.text, at: Date.now() },
      author: { id: here.speaker.user, name: message.by.name },
    };
    const persona = personaFor(this.#ask, here, message.persona);
    const refused = await ask(this.#ask, {
      ...{ here, turn, jobId, persona },
      ...(old !== undefined && { replaces: old }),
      ...('wants' in question && { wants: question.wants }),
    });
    if (refused !== undefined) await this.#tell(here, refused, message);
  }

  #lookUp(wish: Wish, { id, at }: Heard, { speaker, say }: Here): Promise<Wished> {
    const turnId = turnIdOf(this.#platform, id);
    const who = { conversation: at.conversation, user: speaker.user, turnId, say, now: Date.now() };
    return lookUp(this.#options.queue, wish, who);
  }

  async #turn(conversation: string, id: string): Promise<Turn | undefined> {
    return (await this.#options.queue.conversations.read(conversation)).find((turn) => turn.id === id);
  }

  /** Says something of ours, to people only: a bot would answer it. */
  async #tell({ by, at, speaker }: Here, text: string, message: Heard): Promise<void> {
    if (by.isBot || (!isCommand(message) && !this.#told.once(`${speaker.user} ${text.slice(0, 12)}`))) return;
    await this.#options.surface.send(at.place, { text, buttons: [], jobId: '' }, `t${message.id}`.slice(0, 25));
  }

  async #waiting(place: number, locale: string | undefined): Promise<string> {
    const say = sayIn(localeOf(locale));
    const ms = await this.#options.queue.estimate(place);
    return ms === undefined
      ? say('waiting', { place })
      : say('waitingFor', { place, seconds: Math.max(1, Math.round(ms / 1000)) });
  }

  async #quietly(what: string, act: () => Promise<void>): Promise<void> {
    await act().catch((error) => this.#options.log.warn({ error: reasonOf(error) }, what));
  }

  async #telling(by: Person, act: () => Promise<Answer>): Promise<Answer> {
    try {
      return await act();
    } catch (error) {
      this.#options.log.warn({ error: reasonOf(error), id: randomUUID() }, 'a command failed');
      return { text: sayIn(localeOf(by.locale))('failed') };
    }
  }
}

const isCommand = ({ addressed }: Heard) => addressed === 'command' || addressed === 'context';
