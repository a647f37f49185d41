import { setTimeout as sleep } from 'node:timers/promises';
import { type Job as BullJob, Worker as BullWorker, DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { QUEUE_NAME } from '../keys.ts';
import { Job, orphanJob, parse } from '../schema/index.ts';
import { StaleAttempt } from '../scripts.ts';
import type { Store } from '../store.ts';
import type { QueueWorker, WorkerOptions } from '../types.ts';
import { Attempt } from './attempt.ts';
import { Cancels } from './cancels.ts';
import { failFor, isFinal, MOST_STALLS, StalledTooOften } from './failure.ts';
import { type Entry, Running } from './running.ts';

/** A killed worker's jobs are taken over after about LOCK_MS + STALLED_MS at the latest. */
const LOCK_MS = 5000;
const STALLED_MS = 3000;
/** How long a handler may take to stop before its job is handed back without it. */
const STOP_MS = 2000;
/** How long handing back may take. */
const HAND_BACK_MS = 3000;
/** How long a job is put aside that must wait for another reply. */
const ASIDE_MS = 200;

/** Takes jobs from the queue and sees each one to its end, or on to the next attempt. */
export class JobWorker implements QueueWorker {
  readonly #store: Store;
  readonly #options: WorkerOptions;
  readonly #running = new Running();
  readonly #cancels: Cancels;
  readonly #bull: BullWorker;
  readonly #ready: Promise<void>;
  #shutdown = false;
  #closed: Promise<void> | undefined;

  constructor(store: Store, options: WorkerOptions) {
    this.#store = store;
    this.#options = options;
    const cancel = (jobId: string) => this.#running.stop(jobId, 'cancelled');
    this.#cancels = new Cancels(store, () => this.#running.ids(), cancel);
    this.#bull = new BullWorker(QUEUE_NAME, (job: BullJob, token = '') => this.#process(job, token), {
      connection: store.redis,
      prefix: store.prefix,
      concurrency: options.concurrency ?? 1,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      // BullMQ would fail a job that stalls too often without telling us in a way that survives our own death, and its
      // reply would never end. So it never does, and `#settle` counts.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 500,
      autorun: false,
    });
    this.#bull.on('error', (error) => this.#closed ?? store.onError(error));
    this.#bull.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#running.stop(decodeURIComponent(id), 'lost');
    });
    this.#ready = this.#start();
    this.#ready.catch(store.onError);
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  close({ handBackAfterMs = 10_000 }: { handBackAfterMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#close(handBackAfterMs);
    return this.#closed;
  }

  /** Cancels are heard before the first job is taken. */
  async #start(): Promise<void> {
    await this.#cancels.ready();
    await this.#bull.waitUntilReady();
    if (!this.#closed) this.#bull.run().catch(this.#store.onError);
  }

  async #close(handBackAfterMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#shutdown = true;
      this.#running.stopAll('shutdown');
    }, handBackAfterMs);
    // Takes no more jobs from here on, and waits for the running ones; not for a Redis that is down, in which case the
    // jobs are taken over as those of a killed worker are.
    const late = new AbortController();
    const enough = sleep(handBackAfterMs + STOP_MS + HAND_BACK_MS, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([this.#bull.close(), enough]);
    late.abort();
    clearTimeout(timer);
    this.#cancels.close();
  }

  /** BullMQ's processor: returning completes the job, throwing fails or retries it. */
  async #process(bullJob: BullJob, token: string): Promise<void> {
    const job = Job.safeParse(bullJob.data).data ?? orphanJob(decodeURIComponent(bullJob.id ?? ''));
    if (job.after !== undefined && !(await this.#mayBegin(job.id, job.after))) {
      await bullJob.moveToDelayed(Date.now() + ASIDE_MS, token);
      throw new DelayedError();
    }
    const entry = this.#running.add(job.id);
    if (this.#shutdown) entry.stop('shutdown');
    try {
      const attempt = await Attempt.begin(this.#store, job, token, (error) => {
        if (error instanceof StaleAttempt) entry.stop('lost');
        else this.#store.onError(error);
      });
      if (attempt) await this.#settle(attempt, entry, bullJob, token);
    } catch (error) {
      // Another attempt has the reply: BullMQ refuses what this one says about the job, which is as it should be.
      if (!(error instanceof StaleAttempt)) throw error;
    } finally {
      await this.#running.remove(entry);
    }
  }

  /** Whether the reply before this one is over, or long forgotten; a cancelled one need not wait for its turn. */
  async #mayBegin(jobId: string, before: string): Promise<boolean> {
    const { redis, keys } = this.#store;
    const [known, end] = await redis.hmget(keys.record(before), 'nonce', 'end');
    return known === null || end !== null || (await redis.hexists(keys.record(jobId), 'cancel')) === 1;
  }

  /** Runs the handler and brings what became of it into the reply and the queue. */
  async #settle(attempt: Attempt, entry: Entry, bullJob: BullJob, token: string): Promise<void> {
    if (attempt.cancelled) entry.stop('cancelled');
    let failure: unknown;
    try {
      parse(Job, bullJob.data, `job ${attempt.job.id}`);
      if (bullJob.stalledCounter > MOST_STALLS) throw new StalledTooOften();
      const reply = await entry.unlessStopped(() => attempt.run(this.#options.handle, entry.signal), STOP_MS);
      if (reply.finish !== 'cancelled' || entry.why === undefined) return await attempt.finish(reply);
    } catch (error) {
      failure = error;
    }
    switch (entry.why) {
      case 'lost':
        return;
      case 'shutdown':
        await attempt.release();
        await bullJob.moveToWait(token);
        throw new WaitingError();
      case 'cancelled':
        return attempt.cancel();
    }
    if (!isFinal(failure, bullJob)) throw failure;
    await failFor(attempt, failure, this.#options.apologise, this.#store.onError);
    throw new UnrecoverableError(failure instanceof Error ? failure.message : String(failure));
  }
}
