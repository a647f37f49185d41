import { hostname } from 'node:os';
import { reasonOf } from '../../errors.ts';
import { pickLine } from '../../personas/index.ts';
import type { Job, KeptHeartbeat, Queue, Turn } from '../../queue/index.ts';
import type { Window } from '../context/index.ts';
import type { Engine } from '../engine/engine.ts';
import { answer } from './answer.ts';
import { watchDevice } from './device-load.ts';
import type { Log } from './log.ts';
import { NewsDesk } from './news-desk.ts';
import { personaOf } from './persona.ts';
import { Summaries } from './summaries.ts';
import type { Personas } from './turns.ts';
import { logWindow } from './window-log.ts';

export interface WorkerOptions {
  queue: Queue;
  engine: Engine;
  personas: Personas;
  /** Replies in the making at once; the engine's batch. */
  concurrency: number;
  log: Log;
}

export interface Worker {
  /** Resolves when jobs are taken. */
  ready(): Promise<void>;
  /** Takes no more jobs; lets running replies finish for `handBackAfterMs`, then hands the rest back to the queue. */
  close(options?: { handBackAfterMs?: number }): Promise<void>;
}

/** Answers jobs until it is closed. Engine, queue and personas stay open: they belong to whoever made them. */
export function startWorker({ queue, engine, personas, concurrency, log }: WorkerOptions): Worker {
  const summaries = new Summaries({ engine, conversations: queue.conversations, log });
  const news = new NewsDesk(queue);
  const worker = queue.startWorker({
    concurrency,
    handle: async (job, context) => {
      const onWindow = (window: Window, turns: readonly Turn[]) => logWindow(log, job, window, turns);
      const reply = await answer(job, context, { engine, personas, summaries, news, onWindow });
      log.info(
        { trace: job.trace, job: job.id, persona: job.persona, finish: reply.finish, ...reply.figures },
        'answered',
      );
      return reply;
    },
    apologise: (job, error) => {
      log.warn({ trace: job.trace, job: job.id, error: reasonOf(error) }, 'a reply failed');
      return apology(job, personas);
    },
  });

  const load = watchDevice(engine);
  let heartbeat: KeptHeartbeat | undefined;
  return {
    async ready() {
      await worker.ready();
      heartbeat ??= queue.heartbeats.keep({
        kind: 'worker',
        name: hostname(),
        say: () => ({ model: engine.name, slots: concurrency, ...engine.stats(), ...load() }),
        onError: (error) => log.warn({ error: reasonOf(error) }, 'no heartbeat could be sent'),
      });
      await heartbeat.first;
    },
    async close(options) {
      await worker.close(options);
      await summaries.close();
      await heartbeat?.stop();
    },
  };
}

function apology(job: Job, personas: Personas): string {
  const generic = 'Something went wrong on my side, and it was not even my idea. Please ask again in a moment.';
  try {
    return pickLine(personaOf(job, personas), 'error', job.id) ?? generic;
  } catch {
    return generic; // The persona itself is what is missing.
  }
}
