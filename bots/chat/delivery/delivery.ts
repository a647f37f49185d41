import type { DeliveryOutcome, DeliveryRecord, Queue } from '../../../queue/index.ts';
import { Splitter } from '../split/index.ts';
import type { Place, Surface } from '../surface.ts';
import { Channel } from './channel.ts';
import { within } from './limits.ts';
import { defaultPace, type Pace } from './pace.ts';
import { ReplyRecord } from './record.ts';
import { Reply } from './reply.ts';
import type { DeliveryTexts } from './texts.ts';
import type { OpenSplitter } from './view.ts';

export interface DeliveryOptions {
  queue: Queue;
  surface: Surface;
  texts?: DeliveryTexts;
  /** Hears of what went wrong and is seen to: it is tried again, or its outcome says so. Default: nobody does. */
  onError?: (error: unknown) => void;
  pace?: Partial<Pace>;
  /** After this long without a sign of life, in ms, another process goes on with a reply. Default: 10 s. */
  leaseMs?: number;
  /** How a text becomes messages. Default: ../split. */
  openSplitter?: OpenSplitter;
}

/** A reply that is to be shown. */
export interface NewDelivery {
  jobId: string;
  place: Place;
  /** Whose words these are, for platforms that can show them under that name. */
  persona?: string;
  locale?: string;
  /** What the platform wants to know again when a button is pressed, e.g. who asked; see `read`. */
  note?: Readonly<Record<string, string>>;
}

/** What became of a delivery. `handed-over` is not recorded: another process goes on with it. */
export type Outcome = DeliveryOutcome;

export interface ResumeOptions {
  /** Whether a place is this process's to serve, when several share a platform. Default: all are. */
  share?: (place: Place) => boolean;
  /** How often to look for replies whose process has died, in ms. Default: 3 s. */
  everyMs?: number;
}

/** Brings replies to a platform: each once and whole, whatever dies or is away. */
export interface Delivery {
  /**
   * Records that a job's reply is to be shown at a place, and sees to it in the background. The same job twice is one
   * delivery. It may come before the job is submitted.
   *
   * @throws WisecrackError WISECRACK_JOB_INVALID
   */
  deliver(delivery: NewDelivery): Promise<void>;
  /** What became of it, once that is known: given up as `unknown` when there is no such delivery. */
  done(jobId: string): Promise<Outcome>;
  /** Ends a reply and removes what was shown of it, also after its end. Returns when that is recorded. */
  drop(jobId: string): Promise<void>;
  /** The job that a message of ours belongs to, for 14 days. The platform's ids are unique in the platform. */
  jobOf(message: string): Promise<string | undefined>;
  /** The messages that show a reply, in their order, for 14 days. */
  messagesOf(jobId: string): Promise<string[]>;
  /** What was asked for with `deliver`, for 14 days. */
  read(jobId: string): Promise<DeliveryRecord | undefined>;
  /** Goes on with replies whose process has died: now, and again and again until closed. Resolves after the first time. */
  resume(options?: ResumeOptions): Promise<void>;
  /**
   * Stops; the next process goes on at once. Replies that only need their last edit, and requests on their way, have
   * `handOverMs` (default 3 s) for that. To be called before the queue is closed.
   */
  close(options?: { handOverMs?: number }): Promise<void>;
}

/** Opens the delivery of one platform. */
export function openDelivery(options: DeliveryOptions): Delivery {
  return new LiveDelivery(options);
}

const openMarkdown: OpenSplitter = (size) => new Splitter(size);

const LEASE_MS = 10_000;
const RESUME_MS = 3000;
/** How often the record of another process's delivery is looked at. */
const LOOK_MS = 250;

class LiveDelivery implements Delivery {
  readonly #options: DeliveryOptions;
  readonly #pace: Pace;
  readonly #leaseMs: number;
  readonly #onError: (error: unknown) => void;
  /** Those that this process owns. */
  readonly #replies = new Map<string, Reply>();
  readonly #channels = new Map<string, Channel>();
  readonly #renewing: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #resuming: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#pace = { ...defaultPace, ...options.pace };
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#onError = options.onError ?? (() => {});
    this.#renewing = setInterval(() => this.#renew(), this.#leaseMs / 4);
    this.#renewing.unref();
  }

  async deliver({ jobId, place, ...rest }: NewDelivery): Promise<void> {
    if (this.#replies.has(jobId)) return;
    const { queue, surface } = this.#options;
    const delivery = { jobId, platform: surface.platform, place, ...rest, at: Date.now() };
    await this.#own(await ReplyRecord.open(queue.deliveries, delivery as DeliveryRecord, this.#leaseMs));
  }

  async done(jobId: string): Promise<Outcome> {
    const outcome = await this.#replies.get(jobId)?.outcome;
    if (outcome) return outcome;
    for (;;) {
      if (this.#closing.signal.aborted) return { type: 'given-up', reason: 'handed-over' };
      const state = await this.#options.queue.deliveries.read(jobId);
      if (!state) return { type: 'given-up', reason: 'unknown' };
      if (state.outcome) return state.outcome;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async drop(jobId: string): Promise<void> {
    const { queue } = this.#options;
    // Recorded first: a death in between leaves a reply that is removed, not one that is only stopped.
    const recorded = await queue.deliveries.drop(jobId);
    this.#replies.get(jobId)?.drop();
    await queue.cancel(jobId);
    if (recorded && !this.#replies.has(jobId)) await this.#claim(jobId);
  }

  jobOf(message: string): Promise<string | undefined> {
    return this.#options.queue.deliveries.jobOf(this.#options.surface.platform, message);
  }

  async messagesOf(jobId: string): Promise<string[]> {
    const state = await this.#options.queue.deliveries.read(jobId);
    return (state?.parts ?? []).flatMap((part) => (part?.message === undefined || part.gone ? [] : [part.message]));
  }

  async read(jobId: string): Promise<DeliveryRecord | undefined> {
    return (await this.#options.queue.deliveries.read(jobId))?.delivery;
  }

  async resume({ share, everyMs = RESUME_MS }: ResumeOptions = {}): Promise<void> {
    clearTimeout(this.#resuming);
    this.#looking = this.#claimDue(share).catch(this.#onError);
    await this.#looking;
    if (this.#closing.signal.aborted) return;
    this.#resuming = setTimeout(() => {
      this.resume({ everyMs, ...(share && { share }) }).catch(this.#onError);
    }, everyMs);
    this.#resuming.unref();
  }

  async close({ handOverMs = 3000 }: { handOverMs?: number } = {}): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#resuming);
    // Renewed until the last has been handed over.
    await within(handOverMs, this.#looking);
    await Promise.all([...this.#replies.values()].map((reply) => reply.handOver(handOverMs)));
    clearInterval(this.#renewing);
  }

  async #claimDue(share?: (place: Place) => boolean): Promise<void> {
    const { queue, surface } = this.#options;
    for await (const jobId of queue.deliveries.due(surface.platform)) {
      if (this.#closing.signal.aborted) return;
      try {
        const state = share && (await queue.deliveries.read(jobId));
        if (share && state && !share(state.delivery.place)) continue;
        await this.#claim(jobId);
      } catch (error) {
        // Such as a record of another version; the others are not to wait for it.
        this.#onError(error);
      }
    }
  }

  async #claim(jobId: string): Promise<void> {
    // Ours, but Redis was away for longer than a lease: it goes on as soon as it has renewed it.
    if (this.#replies.has(jobId)) return;
    await this.#own(await ReplyRecord.claim(this.#options.queue.deliveries, jobId, this.#leaseMs));
  }

  async #own(record: ReplyRecord | undefined): Promise<void> {
    if (!record) return;
    if (this.#closing.signal.aborted) return record.release();
    const { queue, surface, texts = {}, openSplitter = openMarkdown } = this.#options;
    const { jobId, place } = record.delivery;
    const channel = this.#channelOf(place);
    const parts = { queue, surface, record, channel, pace: this.#pace, texts, openSplitter, onError: this.#onError };
    const reply = new Reply(parts);
    this.#replies.set(jobId, reply);
    const forget = () => {
      if (this.#replies.get(jobId) === reply) this.#replies.delete(jobId);
    };
    reply.outcome.then(forget).catch(this.#onError);
    reply.start();
  }

  #channelOf(place: Place): Channel {
    const known = this.#channels.get(place.channel);
    if (known) return known;
    const gapMs = this.#options.surface.gapMs?.(place) ?? this.#pace.gapMs;
    const channel = new Channel({ ...this.#pace, gapMs }, this.#onError);
    this.#channels.set(place.channel, channel);
    return channel;
  }

  #renew(): void {
    for (const reply of this.#replies.values()) reply.renew().catch(this.#onError);
    for (const [id, channel] of this.#channels) if (channel.idle) this.#channels.delete(id);
  }
}
