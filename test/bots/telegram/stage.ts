import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Bot } from '../../../bots/chat/bot/index.ts';
import { openDelivery } from '../../../bots/chat/delivery/index.ts';
import { startTelegram, type Telegram, type TelegramOptions } from '../../../bots/telegram/index.ts';
import { PersonaStore } from '../../../personas/index.ts';
import { type Handler, openQueue, type Queue, type QueueWorker } from '../../../queue/index.ts';
import { packageRoot } from '../../../root.ts';
import { type FakeTelegram, type FakeTelegramOptions, startFakeTelegram } from '../../fakes/telegram/index.ts';
import { sleep } from '../../queue/fixtures/messages.ts';
import { gate } from '../../queue/fixtures/script.ts';
import { Server } from '../../queue/fixtures/server.ts';
import { quick } from '../chat/delivery/fixtures/quick.ts';

/** A worker that says again what it was asked; `slow` ends after `hurry`, and `endless` when it is stopped. */
const echo =
  (hurry: Promise<void>): Handler =>
  async (job, { conversation, signal, resume, start, publish }) => {
    const turns = await conversation.read();
    const question = turns.find(({ id }) => id === job.turnId)?.text ?? '';
    start({ model: 'echo', promptTokens: 1 });
    const said = `**${job.persona}** heard: ${question}. `;
    let text = resume.text;
    const say = async (more: string) => {
      text += more;
      await publish(more, [1]);
    };
    if (text === '') await say(said);
    if (question.includes('slow')) await Promise.race([hurry, once(signal, 'abort')]);
    signal.throwIfAborted();
    for (let at = 0; question.includes('endless'); at++) {
      await sleep(100);
      signal.throwIfAborted();
      await say(`and ${at} `);
    }
    if (question.includes('program'))
      await say(`\n\`\`\`python\n${'print("again")\n'.repeat(900)}\`\`\`\nThat is all.`);
    if (question.includes('long')) await say('blah '.repeat(1200));
    return { finish: 'stop', text };
  };

/** One process of the bot. */
export interface Process {
  telegram: Telegram;
  bot: Bot;
  warnings: object[];
  close(): Promise<void>;
}

/** A fake Telegram, real Redis, queue, rules, delivery and grammY. */
export class Stage {
  readonly telegram: FakeTelegram;
  readonly queue: Queue;
  readonly moved: string[][] = [];
  /** Lets slow answers come to their end. */
  readonly hurry: () => void;
  readonly asked: string[] = [];
  readonly #personas: PersonaStore;
  readonly #server: Server;
  readonly #worker: QueueWorker;
  readonly #processes: Process[] = [];

  private constructor(telegram: FakeTelegram, server: Server, personas: PersonaStore) {
    this.telegram = telegram;
    this.#server = server;
    this.#personas = personas;
    this.queue = openQueue({ redis: server.handle, prefix: randomUUID() });
    const { open, opened } = gate();
    this.hurry = open;
    this.#worker = this.queue.startWorker({ handle: echo(opened()), concurrency: 8, apologise: () => 'So sorry.' });
  }

  static async open(options: FakeTelegramOptions = {}): Promise<Stage> {
    const personas = await PersonaStore.open(`${packageRoot()}/personas`);
    const stage = new Stage(await startFakeTelegram(options), await Server.start(), personas);
    await stage.#worker.ready();
    return stage;
  }

  get personas(): PersonaStore {
    return this.#personas;
  }

  /** Starts the bot, and waits until it hears. */
  async start(more: Partial<TelegramOptions> = {}): Promise<Process> {
    const warnings: object[] = [];
    const log = {
      info: () => {},
      warn: (fields: object, message: string) => void warnings.push({ ...fields, message }),
    };
    let bot: Bot | undefined;
    const telegram = await startTelegram({
      token: this.telegram.token,
      apiRoot: this.telegram.url,
      log,
      personas: this.#personas,
      persona: 'guide',
      leases: this.queue.leases,
      openBot: (surface) => {
        const { queue } = this;
        const delivery = openDelivery({ queue, surface, pace: quick });
        bot = new Bot({ queue, personas: this.#personas, surface, persona: 'guide', log, delivery });
        return bot;
      },
      jobOf: async (message) => bot?.delivery.jobOf(message),
      onMigrated: (from, to) => void this.moved.push([from, to]),
      quick: async (question) => {
        this.asked.push(question);
        if (question.includes('fail')) throw new Error('no answer');
        if (question.includes('slow')) await sleep(1500);
        return `**quick** ${question}`;
      },
      ...more,
    });
    if (!bot) throw new Error('there is no bot');
    const opened = bot;
    const process: Process = {
      telegram,
      bot: opened,
      warnings,
      close: async () => {
        await telegram.close();
        await opened.close();
      },
    };
    this.#processes.push(process);
    await opened.resume({ everyMs: 200 });
    return process;
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.close()));
    await this.#worker.close({ handBackAfterMs: 0 });
    await this.queue.close();
    await this.telegram.close();
    await this.#server.stop();
  }
}
