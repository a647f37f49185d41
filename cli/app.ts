import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../errors.ts';
import { type Engine, openNative, openRemote } from '../inference/engine/index.ts';
import { startWorker, type Worker } from '../inference/worker/index.ts';
import { PersonaStore, problemText } from '../personas/index.ts';
import { type KeptHeartbeat, openQueue, openRedis, type Queue, type RedisHandle } from '../queue/index.ts';
import type { Config } from './config.ts';
import type { Logger, LogTap } from './log.ts';

/** How long running replies may go on when we end; with what the queue adds to hand them back, all ends within 12 s. */
const FINISH_MS = 5000;
/** How often old messages are looked for, in ms. */
const FORGET_MS = 60 * 60 * 1000;
/** How long all of the closing may take. */
const CLOSE_MS = 11_500;

/** The parts of Wisecrack, each opened when it is first asked for and closed in reverse. */
export class App {
  readonly config: Config;
  readonly log: Logger;
  readonly #tap: LogTap | undefined;
  readonly #opened: { name: string; close: () => Promise<void> }[] = [];
  #closing: Promise<void> | undefined;

  readonly redis = once(() => this.#open('redis', openRedis({ url: this.config.redisUrl, home: this.config.home })));

  readonly queue = once(async (): Promise<Queue> => {
    const redis = await this.redis();
    const queue = await this.#open('queue', openQueue({ redis, onError: quietly(this.log) }));
    this.#tap?.attach((line) => queue.logs.write(line));
    return queue;
  });

  /** Kept up to date with its files. */
  readonly personas = once(async (): Promise<PersonaStore> => {
    const { personaFolders, ownPersonas } = this.config;
    // There from the start, so that it is watched.
    mkdirSync(ownPersonas, { recursive: true });
    const store = await PersonaStore.open(...personaFolders);
    const complain = (problems: PersonaStore['problems']) => {
      for (const problem of problems) this.log.warn(`a persona has a mistake: ${problemText(problem)}`);
    };
    complain(store.problems);
    const unwatch = store.watch(({ personas, problems }) => {
      this.log.info({ personas: personas.length }, 'personas read again');
      complain(problems);
    });
    await this.#open('personas', { close: async () => unwatch() });
    return store;
  });

  /** The engine of this process, when it has one. */
  engine: Engine | undefined;

  /** @param tap - log lines go from there to where the dashboard finds them. */
  constructor(config: Config, log: Logger, tap?: LogTap) {
    this.config = config;
    this.log = log;
    this.#tap = tap;
  }

  /** Opens the model, or the servers that run it. @param onProgress - 0..1 */
  openEngine(onProgress: (fraction: number) => void): Promise<Engine> {
    const {
      model: folder,
      device,
      shards,
      activations,
      threads,
      sequences: maxSequences,
      context,
      kvMib,
      remote,
    } = this.config;
    if (remote) return this.#open('engine', openRemote({ ...remote, folder, context, log: this.log }));
    const sizes = { threads, maxSequences, context, kvBytes: kvMib * 2 ** 20 };
    return this.#open('engine', openNative({ folder, device, shards, activations, ...sizes, onProgress }));
  }

  /** Starts to take jobs. */
  async startWorker(engine: Engine): Promise<Worker> {
    this.engine = engine;
    const [queue, personas] = await Promise.all([this.queue(), this.personas()]);
    const worker = startWorker({ queue, engine, personas, concurrency: this.config.sequences, log: this.log });
    await this.#open('worker', { close: () => worker.close({ handBackAfterMs: FINISH_MS }) });
    await worker.ready();
    this.#forgetInTime(queue);
    return worker;
  }

  /** Turns go when their time is over, also in conversations that nobody touches. */
  #forgetInTime(queue: Queue): void {
    const forget = () =>
      queue.conversations
        .expire()
        .catch((error) => this.log.warn({ error: reasonOf(error) }, 'old messages were not deleted'));
    const timer = setInterval(forget, FORGET_MS);
    timer.unref();
    this.keep('timer', { close: async () => clearInterval(timer) });
    void forget();
  }

  /** Says that an adapter or a dashboard lives, until it is stopped. */
  async beat(
    name: string,
    say: () => Record<string, unknown>,
    kind: 'adapter' | 'admin' = 'adapter',
  ): Promise<KeptHeartbeat> {
    const { heartbeats } = await this.queue();
    const onError = (error: unknown) => this.log.warn({ error: reasonOf(error) }, 'no heartbeat could be sent');
    return heartbeats.keep({ kind, name, say, onError });
  }

  /** Closes a part with the others. */
  keep(name: string, part: { close(): Promise<void> }): void {
    this.#opened.push({ name, close: () => part.close() });
  }

  /** Closes what was opened, the last first, so that nothing loses what it stands on. Never throws. */
  close(): Promise<void> {
    this.#closing ??= this.#closeInTime();
    return this.#closing;
  }

  /** The timer also keeps the process alive meanwhile: some parts do not. */
  async #closeInTime(): Promise<void> {
    const late = new AbortController();
    const enough = sleep(CLOSE_MS, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.#close(), enough]);
    late.abort();
  }

  async #close(): Promise<void> {
    for (const { name, close } of this.#opened.reverse()) {
      try {
        await close();
      } catch (error) {
        this.log.warn({ error: reasonOf(error) }, `the ${name} did not close well`);
      }
    }
  }

  /** Remembers to close a part, also when it is still opening. */
  async #open<Part extends { close(): Promise<void> }>(name: string, part: Part | Promise<Part>): Promise<Part> {
    const opening = Promise.resolve(part);
    this.#opened.push({
      name,
      close: () =>
        opening.then(
          (opened) => opened.close(),
          () => undefined,
        ),
    });
    return opening;
  }
}

export type { RedisHandle };

/** The queue mends its connections itself; one line a minute is enough to know. */
function quietly(log: Logger): (error: unknown) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    const often = performance.now() - saidAt < 60_000;
    log[often ? 'debug' : 'warn']({ error: reasonOf(error) }, 'the queue has trouble with Redis');
    if (!often) saidAt = performance.now();
  };
}

function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}
