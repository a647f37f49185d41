import { WisecrackError } from '../../../errors.ts';
import type { DeliveryOutcome, FinalText, Queue } from '../../../queue/index.ts';
import { StaleAttempt } from '../../../queue/index.ts';
import { type Surface, SurfaceError } from '../surface.ts';
import { type Update, updatesOf } from '../updates.ts';
import type { Channel, Lane, Turned } from './channel.ts';
import { ask, within } from './limits.ts';
import { Messages } from './messages.ts';
import { firstAt, type Kind, type Pace, retryAfter } from './pace.ts';
import type { ReplyRecord } from './record.ts';
import { Shape } from './shape.ts';
import { kindOf, nextStep, type Step } from './steps.ts';
import type { DeliveryTexts } from './texts.ts';
import { Typing } from './typing.ts';
import type { OpenSplitter, Wanted } from './view.ts';

/** How often a file is tried that the platform fails at: where its files are away, words may still go. */
const FILE_TRIES = 3;

export interface ReplyOptions {
  queue: Queue;
  surface: Surface;
  record: ReplyRecord;
  channel: Channel;
  pace: Pace;
  texts: DeliveryTexts;
  openSplitter: OpenSplitter;
  onError: (error: unknown) => void;
}

/** The course of one reply, from its first sign of life to its last edit, in the process that owns it. */
export class Reply implements Lane {
  /** What became of it; undefined when another process goes on with it. */
  readonly outcome: Promise<DeliveryOutcome | undefined>;
  readonly #options: ReplyOptions;
  readonly #jobId: string;
  readonly #messages: Messages;
  readonly #shape: Shape;
  readonly #typing: Typing;
  /** Aborted when nothing more is to be heard of the job. */
  readonly #following = new AbortController();
  /** Aborted when requests are no longer ours to make. */
  readonly #requesting = new AbortController();
  #settle: (outcome: DeliveryOutcome | undefined) => void = () => {};
  #text = '';
  #textAt = 0;
  #textDue = false;
  #placeholder: string | undefined;
  #waitingSince = 0;
  #final: FinalText | undefined;
  #dropped: boolean;
  /** Why it is to be given up. */
  #hopeless: string | undefined;
  #due: Kind | undefined;
  #turning: Promise<Turned> | undefined;
  #stopped = false;
  #renewing = false;
  #failures = 0;
  #failingSince = 0;
  #notBefore = 0;

  constructor(options: ReplyOptions) {
    const { record, surface, channel, pace, openSplitter, onError } = options;
    this.#options = options;
    this.#jobId = record.delivery.jobId;
    this.#final = record.state.final;
    this.#dropped = record.dropped;
    this.outcome = new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#stop();
        resolve(outcome);
      };
    });
    const { place, persona } = record.delivery;
    const as = { jobId: this.#jobId, ...(persona !== undefined && { persona }) };
    this.#shape = new Shape(surface, as, openSplitter);
    this.#typing = new Typing({ surface, place, channel, pace, wanted: () => this.#typingWanted() });
    this.#messages = new Messages({
      surface,
      record,
      typing: this.#typing,
      ask: (call) => ask(call, this.#requesting.signal, pace.requestMs, onError),
      text: () => this.#final?.text || this.#text || this.#placeholder || '',
    });
  }

  /** Sets it going. */
  start(): void {
    this.#options.channel.join(this);
    if (this.#over) this.#want('must');
    else this.#follow().catch((error) => this.#fail(error));
    this.#typing.start();
  }

  /** Removes what is shown; the caller has recorded it. */
  drop(): void {
    this.#dropped = true;
    this.#following.abort();
    this.#want('must');
  }

  /** Says that this process lives, and hears whether the reply is to be dropped. */
  async renew(): Promise<void> {
    // While Redis is away, one that waits is enough.
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      await this.#options.record.renew();
      if (this.#options.record.dropped && !this.#dropped) this.drop();
    } catch (error) {
      // Redis may be away for a moment; only another owner ends it.
      if (error instanceof StaleAttempt) this.#settle(undefined);
      else this.#options.onError(error);
    } finally {
      this.#renewing = false;
    }
  }

  /** Lets another process go on; what is on its way, and a reply that only needs its last edit, has `ms` for that. */
  async handOver(ms: number): Promise<void> {
    this.#following.abort();
    this.#stopped = !this.#over;
    await within(ms, this.#over ? this.outcome : this.#turning);
    this.#stopped = true;
    this.#requesting.abort();
    await within(1000, this.#turning);
    await within(2000, this.#options.record.release());
    this.#settle(undefined);
  }

  wish(): { kind: Kind; at: number } | undefined {
    if (this.#due === undefined || this.#stopped || this.#turning) return undefined;
    return { kind: this.#due, at: Math.max(this.#notBefore, this.#over ? 0 : this.#heldUntil()) };
  }

  async turn(): Promise<Turned> {
    this.#due = undefined;
    this.#turning = this.#take();
    try {
      return await this.#turning;
    } catch (error) {
      this.#fail(error);
      return { type: 'nothing' };
    } finally {
      this.#turning = undefined;
    }
  }

  get #over(): boolean {
    return this.#final !== undefined || this.#dropped || this.#hopeless !== undefined;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#following;
    let why = 'expired';
    try {
      for await (const update of updatesOf(this.#options.queue, this.#jobId, signal)) await this.#hear(update);
    } catch (error) {
      // Another version has written it: it would be the same for the next process.
      if (!(error instanceof WisecrackError) || error.retry) throw error;
      this.#options.onError(error);
      why = 'unreadable';
    }
    if (signal.aborted || this.#over) return;
    // Without an end it ended so long ago that its stream is gone.
    this.#hopeless = why;
    this.#want('must');
  }

  async #hear(update: Update): Promise<void> {
    switch (update.type) {
      case 'waiting':
        this.#waitingSince ||= performance.now();
        this.#placeholder = await this.#waitingText(update.position);
        break;
      case 'begun':
        // One who has not been told to wait need not be told any more.
        if (this.#messages.parts.length === 0) this.#placeholder = undefined;
        break;
      case 'text':
        if (update.text.trim() !== '') this.#textAt ||= performance.now();
        this.#text = update.text;
        break;
      case 'end': {
        const { text, finish } = update;
        const final = { text, finish, at: Date.now() };
        await this.#options.record.finishing(final);
        this.#final = final;
        this.#want('must');
        return;
      }
    }
    this.#want('frame');
  }

  async #waitingText(position: number): Promise<string | undefined> {
    const { texts, record, onError } = this.#options;
    try {
      return await texts.waiting?.(position, record.delivery);
    } catch (error) {
      // A reply is not lost for want of a word about it.
      onError(error);
      return this.#placeholder;
    }
  }

  /** Asks for a turn. */
  #want(kind: Kind): void {
    if (this.#due !== 'must') this.#due = kind;
    this.#options.channel.poke();
  }

  /** Until when what there is to show is too little to be shown. */
  #heldUntil(): number {
    const { pace } = this.#options;
    if (this.#textAt === 0) return this.#waitingSince + pace.patienceMs;
    if (this.#textDue) return 0;
    // What was shown before is read again from its beginning: not to be shown until it has caught up.
    const at = this.#messages.resumed ? this.#textAt + pace.firstMs : firstAt(this.#text, this.#textAt, pace);
    this.#textDue = at <= performance.now();
    return at;
  }

  async #take(): Promise<Turned> {
    const { record } = this.#options;
    this.#dropped ||= record.dropped;
    const step = this.#step();
    let turned: Turned = { type: 'nothing' };
    if (step) {
      turned = { type: 'requested' };
      try {
        await record.hold();
        await this.#messages.do(step);
        this.#failures = 0;
      } catch (error) {
        if (!(error instanceof SurfaceError)) throw error;
        if (this.#stopped) return turned;
        if (error.problem === 'limited') turned = { type: 'limited', retryAfterMs: error.retryAfterMs };
        else await this.#answer(step, error);
      }
    }
    await this.#look();
    return turned;
  }

  /** Finds out what is to be done next, or that nothing is. */
  async #look(): Promise<void> {
    const { record } = this.#options;
    if (record.dropped && !this.#dropped) this.drop();
    const step = this.#step();
    if (step) this.#due = kindOf(step, this.#over);
    else if (this.#over) await this.#conclude();
    else this.#due = undefined;
  }

  async #conclude(): Promise<void> {
    const { record } = this.#options;
    const shown = this.#messages.parts.some((part) => part && !part.gone);
    const outcome: DeliveryOutcome =
      this.#hopeless !== undefined
        ? { type: 'given-up', reason: this.#hopeless }
        : { type: this.#dropped || !shown ? 'removed' : 'delivered' };
    if (await record.end(outcome)) this.#settle(outcome);
    else this.drop();
  }

  #step(): Step | undefined {
    return this.#hopeless === undefined ? nextStep(this.#messages.parts, this.#wanted(), this.#over) : undefined;
  }

  /** The messages as they should be now. */
  #wanted(): Wanted[] {
    if (this.#dropped) return [];
    const { texts, record } = this.#options;
    let text = this.#final?.text ?? this.#text;
    if (text.trim() === '') {
      text = (this.#final ? texts.empty?.(this.#final.finish, record.delivery) : this.#placeholder) ?? '';
    }
    if (text.trim() === '') return [];
    return this.#shape.messagesOf(text, this.#final?.finish);
  }

  /** What follows from what the platform said. */
  async #answer(step: Step, error: SurfaceError): Promise<void> {
    const messages = this.#messages;
    const removing = step.type === 'remove' || step.type === 'clear';
    switch (error.problem) {
      case 'message-gone':
        if (removing) return messages.settle(step);
        if (step.type === 'edit') return this.#missing(step.index);
        if (messages.standAlone()) return;
        break;
      case 'place-gone':
      case 'forbidden':
        if (step.type === 'clear') return messages.settle(step);
        if (this.#withoutFiles(step)) return;
        return this.#giveUp(error.problem);
      case 'locked':
        if (removing) return messages.settle(step);
        if (step.type === 'edit') return messages.locked(step.index, step.wanted, this.#over);
        break;
      case 'preview':
        if (step.type === 'edit') return messages.replace(step.index);
        break;
      case 'refused':
        if (removing) return messages.settle(step);
        if (this.#withoutFiles(step)) return;
        if (this.#shape.plain) return this.#giveUp('refused');
        this.#shape.plain = true;
        return;
    }
    // Away, or no answer: again and again, for as long as it takes.
    if (this.#failures++ === 0) this.#failingSince = Date.now();
    if (error.problem === 'unknown' && this.#failures === FILE_TRIES && this.#withoutFiles(step)) return;
    this.#notBefore = performance.now() + retryAfter(this.#failures, this.#options.pace, Math.random());
    if (this.#over && Date.now() - (this.#final?.at ?? this.#failingSince) > this.#options.pace.giveUpMs) {
      return this.#giveUp('unreachable');
    }
  }

  /** Where words are allowed and files are not, the code comes in words. */
  #withoutFiles(step: Step): boolean {
    const isFile = step.type === 'send' && step.wanted.view.file !== undefined;
    if (isFile) this.#shape.fileless = true;
    return isFile;
  }

  /** Somebody has removed a message. The first one of a reply that still grows: it is not wanted any more. */
  async #missing(index: number): Promise<void> {
    await this.#messages.lost(index);
    if (this.#over || index > 0) return;
    await this.#options.queue.deliveries.drop(this.#jobId);
    this.drop();
    await this.#cancel();
  }

  async #giveUp(reason: string): Promise<void> {
    this.#hopeless = reason;
    this.#following.abort();
    if (!this.#final) await this.#cancel();
  }

  async #cancel(): Promise<void> {
    await this.#options.queue.cancel(this.#jobId).catch(this.#options.onError);
  }

  #typingWanted(): boolean {
    return !this.#over && !this.#stopped && !this.#messages.parts.some((part) => part?.message !== undefined);
  }

  /** Something that should not happen: whoever finds the lease expired goes on. */
  #fail(error: unknown): void {
    if (!(error instanceof StaleAttempt)) this.#options.onError(error);
    this.#settle(undefined);
  }

  #stop(): void {
    this.#stopped = true;
    this.#following.abort();
    this.#requesting.abort();
    this.#typing.stop();
    this.#options.channel.leave(this);
  }
}
