import { createHash, randomUUID } from 'node:crypto';
import type {
  DeliveredPart,
  Deliveries,
  DeliveryOutcome,
  DeliveryRecord,
  DeliveryState,
  FinalText,
  OwnedDelivery,
} from '../../../queue/index.ts';

/** The name of one send: the same after a restart, and at most 25 characters, as Discord wants it. */
export function nonceOf(jobId: string, part: number, generation: number): string {
  return createHash('sha256').update(`${jobId}\n${part}\n${generation}`).digest('base64url').slice(0, 24);
}

/**
 * What one process writes about a reply that it owns. Every write is refused with a StaleAttempt once another process has
 * the reply, so a send is always announced by a write, and an edit by one that is not older than a third of the lease.
 */
export class ReplyRecord {
  readonly delivery: DeliveryRecord;
  readonly state: DeliveryState;
  readonly #owned: OwnedDelivery;
  readonly #leaseMs: number;
  #renewedAt = performance.now();
  #dropped: boolean;

  /** Records a new delivery and becomes its owner; undefined when it is over, or another process's. */
  static async open(
    deliveries: Deliveries,
    delivery: DeliveryRecord,
    leaseMs: number,
  ): Promise<ReplyRecord | undefined> {
    const token = randomUUID();
    const state = await deliveries.open(delivery, token, leaseMs);
    return typeof state === 'string' ? undefined : new ReplyRecord(deliveries, state, token, leaseMs);
  }

  /** Goes on with a delivery whose owner is gone; undefined when there is none to go on with. */
  static async claim(deliveries: Deliveries, jobId: string, leaseMs: number): Promise<ReplyRecord | undefined> {
    const token = randomUUID();
    const state = await deliveries.claim(jobId, token, leaseMs);
    return state && new ReplyRecord(deliveries, state, token, leaseMs);
  }

  private constructor(deliveries: Deliveries, state: DeliveryState, token: string, leaseMs: number) {
    this.delivery = state.delivery;
    this.state = state;
    this.#dropped = state.dropped;
    this.#leaseMs = leaseMs;
    this.#owned = deliveries.owned(state.delivery.jobId, token, leaseMs);
  }

  /** Whether everything is to be removed, as far as the last write told. */
  get dropped(): boolean {
    return this.#dropped;
  }

  renew(): Promise<void> {
    return this.#heard(this.#owned.renew());
  }

  /** Makes sure that the reply is still ours. */
  async hold(): Promise<void> {
    if (performance.now() - this.#renewedAt > this.#leaseMs / 3) await this.renew();
  }

  /** Before a send. */
  intend(index: number, part: DeliveredPart): Promise<void> {
    return this.#heard(this.#owned.part(index, part));
  }

  /** After a send. */
  shown(index: number, part: DeliveredPart & { message: string }): Promise<void> {
    return this.#heard(this.#owned.shown(index, part));
  }

  /** A part has changed in some other way; undefined forgets it. */
  note(index: number, part: DeliveredPart | undefined): Promise<void> {
    return this.#heard(this.#owned.part(index, part));
  }

  /** Before the last edit. */
  finishing(final: FinalText): Promise<void> {
    return this.#heard(this.#owned.final(final));
  }

  /** @returns false when it is to be dropped first. */
  async end(outcome: DeliveryOutcome): Promise<boolean> {
    const ended = await this.#owned.end(outcome);
    if (!ended) this.#dropped = true;
    return ended;
  }

  release(): Promise<void> {
    return this.#owned.release();
  }

  async #heard(write: Promise<boolean>): Promise<void> {
    // Counted from before the write: the lease may have begun as early as that.
    const at = performance.now();
    if (await write) this.#dropped = true;
    this.#renewedAt = at;
  }
}
