import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Handler, openQueue, type Queue, type RedisHandle } from '../../queue/index.ts';
import { type BenchRow, percentile, removeKeys, roundTrip } from '../../queue/measure.ts';
import { Bot } from '../chat/bot/index.ts';
import { turnIdOf } from '../chat/bot/jobs.ts';
import type { PersonaSource } from '../chat/index.ts';
import { type BenchPlatform, type Ground, openGround } from './grounds.ts';
import { Meter } from './meter.ts';

export interface BotBenchOptions {
  redis: Pick<RedisHandle, 'connect'>;
  personas: PersonaSource;
  /** How long questions are asked; replies in the making are waited for after that. */
  seconds: number;
  /** Default: 200, 4 in a channel of Discord and 20 in a group of Telegram. */
  users?: number;
}

/** A reply: so many words, one every so many ms, as a model of this size would make them. */
const WORDS = 40;
const WORD_MS = 50;
/** How long somebody thinks before the next question, at most, in ms: as much as the platforms' limits bear. */
const THINK_MS = { discord: 40_000, telegram: 240_000 };
const TOGETHER = { discord: 4, telegram: 20 };
/** How long the last replies may take, in ms: a group of 20 who all ask at once keeps Telegram busy for minutes. */
const PATIENCE_MS = 300_000;

/**
 * Lets many people talk to the bot on a fake platform, with its real client and a worker that streams at a fixed pace: what is
 * measured is ours alone. Redis keys are of its own, and removed again.
 */
export async function benchBot(platform: BenchPlatform, options: BotBenchOptions): Promise<BenchRow[]> {
  const { redis, users = 200 } = options;
  const prefix = `bench-${randomUUID()}`;
  const ground = await openGround(platform, { users, together: TOGETHER[platform] });
  const raw = redis.connect();
  const queue = openQueue({ redis, prefix });
  try {
    const load = new Load(platform, ground, queue, options);
    await load.run(users);
    return rows(load, await roundTrip(raw));
  } finally {
    await queue.close();
    await ground.close();
    await removeKeys(raw, prefix);
    raw.disconnect();
  }
}

/** The load, and what was counted. */
class Load {
  readonly meter = new Meter();
  readonly ground: Ground;
  /** The replies that are to stand there. */
  readonly expected: string[] = [];
  /** How many of the questions were answered exactly once. */
  answeredOnce = 0;
  /** Messages of the bot that nobody asked for, second ones included. */
  surplus = 0;
  warnings = 0;
  /** Bytes of this process after a quarter of the time, and at its end. */
  rss = { early: 0, late: 0 };
  readonly #platform: BenchPlatform;
  readonly #queue: Queue;
  readonly #options: BotBenchOptions;

  constructor(platform: BenchPlatform, ground: Ground, queue: Queue, options: BotBenchOptions) {
    this.#platform = platform;
    this.ground = ground;
    this.#queue = queue;
    this.#options = options;
  }

  async run(users: number): Promise<void> {
    const { seconds } = this.#options;
    const most = 1_000_000;
    // Nobody is refused: each question is to be answered.
    await this.#queue.rules.change('all', { userPerMinute: most, serverPerMinute: most, longestQueue: most }, 'bench');
    const worker = this.#queue.startWorker({ handle: this.#speak, concurrency: users });
    const closing = [() => worker.close({ handBackAfterMs: 0 })];
    try {
      await worker.ready();
      const bot = await this.#connect();
      closing.unshift(bot.close);
      const until = performance.now() + seconds * 1000;
      const asking = Array.from({ length: users }, (_, user) => this.#user(user, until));
      await sleep(seconds * 250);
      this.rss.early = process.memoryUsage.rss();
      await sleep(Math.max(0, until - performance.now()));
      this.rss.late = process.memoryUsage.rss();
      const late = new AbortController();
      await Promise.race([Promise.all(asking), sleep(PATIENCE_MS, undefined, { signal: late.signal })]);
      late.abort();
    } finally {
      for (const close of closing) await close();
    }
    this.#count();
  }

  async #connect() {
    const { personas } = this.#options;
    const log = { info: () => {}, warn: () => void this.warnings++ };
    const persona = personas.personas[0]?.id ?? '';
    const queue: Queue = {
      ...this.#queue,
      submit: async (turn, job) => {
        const submitted = await this.#queue.submit(turn, job);
        this.meter.submitted(job.id);
        return submitted;
      },
    };
    let opened: Bot | undefined;
    const platform = await this.ground.connect({
      ...{ log, personas, persona },
      openBot: (surface) => {
        opened = new Bot({ queue, personas, persona, log, surface: this.meter.on(surface) });
        return opened;
      },
      jobOf: async (message) => opened?.delivery.jobOf(message),
    });
    await opened?.resume();
    return {
      close: async () => {
        await platform.close();
        await opened?.close();
      },
    };
  }

  /** Somebody who asks, reads the answer, thinks, and asks again. */
  async #user(user: number, until: number): Promise<void> {
    const left = () => Math.max(0, until - performance.now());
    // All have asked once before the time is over.
    for (let most = 0.9 * left(); ; most = Number.POSITIVE_INFINITY) {
      const think = Math.random() * Math.min(most, THINK_MS[this.#platform]);
      if (think > left()) return;
      await sleep(think);
      const askedAt = performance.now();
      const jobId = turnIdOf(this.#platform, this.ground.ask(user, `What do you say to user ${user}?`));
      this.expected.push(wordsOf(jobId).join(' '));
      await this.meter.asked(jobId, askedAt);
    }
  }

  readonly #speak: Handler = async (job, { start, publish }) => {
    start({ model: 'bench', promptTokens: 1 });
    let text = '';
    for (const [at, word] of wordsOf(job.id).entries()) {
      const piece = at === 0 ? word : ` ${word}`;
      text += piece;
      this.meter.grew(job.id, text.length);
      await publish(piece, [at]);
      await sleep(WORD_MS);
    }
    this.meter.ended(job.id);
    return { finish: 'stop', text, figures: { replyTokens: WORDS } };
  };

  #count(): void {
    const seen = new Map<string, number>();
    let messages = 0;
    for (const text of this.ground.texts()) {
      messages++;
      seen.set(text, (seen.get(text) ?? 0) + 1);
    }
    this.answeredOnce = this.expected.filter((text) => seen.get(text) === 1).length;
    this.surplus = messages - this.answeredOnce;
  }
}

/** What is said to a question: no other reply is the same, and nothing in it is a sentence or Markdown. */
function wordsOf(jobId: string): string[] {
  const mark = jobId.replaceAll(/[^a-z0-9]/g, 'x');
  return [mark, ...Array.from({ length: WORDS - 1 }, (_, at) => `word${at}`)];
}

function rows(load: Load, ping: number): BenchRow[] {
  const { meter, expected, answeredOnce, surplus, warnings, rss } = load;
  const asked = expected.length;
  const { edits, limited, violations } = load.ground.counts();
  const editsEach = edits / Math.max(1, asked);
  // A reply is shown when it has grown for a second, and after that once in a gap: on Discord the shorter one.
  const mostEdits = Math.ceil((WORDS * WORD_MS) / 1000) + 1;
  const memory = rss.late / rss.early;
  const mib = (bytes: number) => bytes / 2 ** 20;
  const none = (name: string, value: number): BenchRow => {
    return { name, value, unit: '', bar: 0, required: '0', holds: value === 0 };
  };
  return [
    { name: 'questions asked', value: asked, unit: '' },
    {
      ...{ name: 'answered exactly once', value: answeredOnce, unit: '', limit: asked, ratio: answeredOnce / asked },
      ...{ bar: 1, required: 'all', holds: asked > 0 && answeredOnce === asked },
    },
    none('other messages of the bot', surplus),
    none('warnings', warnings),
    { name: 'answers 429', value: limited, unit: '' },
    none('429s that were not obeyed', violations),
    {
      ...{ name: 'edits a reply', value: editsEach, unit: '', limit: mostEdits, ratio: editsEach / mostEdits },
      ...{ bar: 1, required: `<= ${mostEdits}`, holds: editsEach <= mostEdits },
    },
    latency('message to job, p50', percentile(meter.toJob, 50), ping, 10),
    latency('message to job, p95', percentile(meter.toJob, 95), ping),
    latency('token to an edit that may be, p50', percentile(meter.toEdit, 50), ping, 20),
    latency('token to an edit that may be, p95', percentile(meter.toEdit, 95), ping),
    { name: 'memory after a quarter of the time', value: mib(rss.early), unit: 'MiB' },
    {
      ...{ name: 'memory at the end', value: mib(rss.late), unit: 'MiB', limit: mib(rss.early), ratio: memory },
      ...{ bar: 1.25, required: '<= 1.25 x', holds: memory <= 1.25 },
    },
  ];
}

function latency(name: string, value: number, ping: number, bar?: number): BenchRow {
  const measured = { name, value, unit: 'ms', limit: ping, ratio: value / ping };
  return bar === undefined ? measured : { ...measured, bar: bar / ping, required: `< ${bar} ms`, holds: value < bar };
}
