import { WisecrackError } from '../../../errors.ts';
import type { DeliveryOutcome, FinalText, Queue } from '../../../queue/index.ts';
import { StaleAttempt } from '../../../queue/index.ts';
import { healMarkdown } from '../split/index.ts';
import { type Place, type Surface, SurfaceError } from '../surface.ts';
import { type Update, updatesOf } from '../updates.ts';
import type { Channel, Lane, Turned } from './channel.ts';
import { ask, within } from './limits.ts';
import { firstAt, type Kind, type Pace, retryAfter } from './pace.ts';
import { nonceOf, type ReplyRecord } from './record.ts';
import { kindOf, nextStep, type Part, type Step } from './steps.ts';
import type { DeliveryTexts } from './texts.ts';
import { Typing } from './typing.ts';
import { buttonsAfter, fingerprint, type OpenSplitter, type TextSplitter, type Wanted } from './view.ts';

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
  readonly #parts: (Part | undefined)[];
  /** Whether somebody before us has shown some of it. */
  readonly #resumed: boolean;
  readonly #splitter: TextSplitter;
  readonly #typing: Typing;
  /** Aborted when nothing more is to be heard of the job. */
  readonly #following = new AbortController();
  /** Aborted when requests are no longer ours to make. */
  readonly #requesting = new AbortController();
  #settle: (outcome: DeliveryOutcome | undefined) => void = () => {};
  #place: Place;
  #text = '';
  #textAt = 0;
  #textDue = false;
  #placeholder: string | undefined;
  #waitingSince = 0;
  #final: FinalText | undefined;
  #dropped: boolean;
  /** Why it is to be given up. */
  #hopeless: string | undefined;
  /** The platform has refused it once: as little as possible is asked for. */
  #plain = false;
  #due: Kind | undefined;
  #turning: Promise<Turned> | undefined;
  #stopped = false;
  #renewing = false;
  #failures = 0;
  #failingSince = 0;
  #notBefore = 0;

  constructor(options: ReplyOptions) {
    const { record, surface, channel, pace, openSplitter } = options;
    this.#options = options;
    this.#jobId = record.delivery.jobId;
    this.#place = record.delivery.place;
    this.#parts = record.state.parts.map(
      (part) => part && { ...part, recorded: true, doubt: part.message === undefined },
    );
    this.#resumed = this.#parts.length > 0;
    this.#final = record.state.final;
    this.#dropped = record.dropped;
    this.outcome = new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#stop();
        resolve(outcome);
      };
    });
    this.#splitter = openSplitter({ limit: surface.limit, measure: (text) => surface.measure(text) });
    this.#typing = new Typing({ surface, place: this.#place, channel, pace, wanted: () => this.#typingWanted() });
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
        if (this.#parts.length === 0) this.#placeholder = undefined;
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
    const at = this.#resumed ? this.#textAt + pace.firstMs : firstAt(this.#text, this.#textAt, pace);
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
        await this.#do(step);
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
    const shown = this.#parts.some((part) => part && !part.gone);
    const outcome: DeliveryOutcome =
      this.#hopeless !== undefined
        ? { type: 'given-up', reason: this.#hopeless }
        : { type: this.#dropped || !shown ? 'removed' : 'delivered' };
    if (await record.end(outcome)) this.#settle(outcome);
    else this.drop();
  }

  #step(): Step | undefined {
    return this.#hopeless === undefined ? nextStep(this.#parts, this.#wanted(), this.#over) : undefined;
  }

  /** The messages as they should be now. */
  #wanted(): Wanted[] {
    if (this.#dropped) return [];
    const { texts, record } = this.#options;
    const growing = this.#final === undefined;
    let text = this.#final?.text ?? this.#text;
    if (text.trim() === '') {
      text = (this.#final ? texts.empty?.(this.#final.finish, record.delivery) : this.#placeholder) ?? '';
    }
    if (text.trim() === '') return [];
    return this.#viewsOf(text, growing);
  }

  #viewsOf(text: string, growing: boolean): Wanted[] {
    const { persona } = this.#options.record.delivery;
    const parts = [...this.#splitter.update(text, { ended: !growing })];
    // A message cannot be empty; only the space after the last word can make one so.
    while (parts.at(-1)?.text.trim() === '') parts.pop();
    const buttons = this.#final ? buttonsAfter(this.#final.finish) : (['stop'] as const);
    return parts.map((part, at) => {
      const last = at === parts.length - 1;
      const view = {
        text: this.#plain ? this.#healed(part.text) : part.text,
        buttons: last && !this.#plain ? buttons : [],
        jobId: this.#jobId,
        ...(persona !== undefined && { persona }),
      };
      return { view, final: !growing || (part.final && !last) };
    });
  }

  /** With everything closed that the persona left open, unless that makes it too long. */
  #healed(text: string): string {
    const { surface } = this.#options;
    const healed = healMarkdown(text, surface.limit);
    return healed.trim() !== '' && surface.measure(healed) <= surface.limit ? healed : text;
  }

  async #do(step: Step): Promise<void> {
    switch (step.type) {
      case 'send':
        return this.#send(step.index, step.wanted);
      case 'edit':
        return this.#edit(step.index, step.wanted);
      case 'remove':
        return this.#remove(step.index);
      case 'clear':
        return this.#clear(step.index);
    }
  }

  async #send(index: number, { view, final }: Wanted): Promise<void> {
    const { surface, record } = this.#options;
    const part = this.#parts[index] ?? fresh(this.#jobId, index);
    this.#parts[index] = part;
    if (part.doubt && (await this.#adopt(index, part))) return;
    if (!part.recorded) {
      await record.intend(index, written(part));
      part.recorded = true;
    }
    // Asked to be dropped just now: then better not at all.
    if (record.dropped) return;
    await this.#typing.pause();
    const doubt = part.doubt;
    part.doubt = true;
    try {
      const message = await this.#ask((signal) => surface.send(this.#place, view, part.nonce, signal));
      // The platform may have answered with what an earlier try has sent.
      if (!doubt) this.#shows(part, view, final);
      await this.#arrived(index, part, message);
    } catch (error) {
      if (error instanceof SurfaceError && error.problem !== 'unknown') part.doubt = doubt;
      throw error;
    } finally {
      this.#typing.go();
    }
  }

  /** Looks for a message that may have been sent. @returns whether it is there. */
  async #adopt(index: number, part: Part): Promise<boolean> {
    const { surface, record } = this.#options;
    const { persona } = record.delivery;
    const text = this.#final?.text || this.#text || this.#placeholder || '…';
    const view = { text, buttons: [], jobId: this.#jobId, ...(persona !== undefined && { persona }) };
    const found = await this.#ask(() => surface.find(this.#place, view, part.nonce));
    if (found === undefined) part.doubt = false;
    if (found === undefined || found === 'unknown') return false;
    await this.#arrived(index, part, found);
    return true;
  }

  async #arrived(index: number, part: Part, message: string): Promise<void> {
    part.message = message;
    part.doubt = false;
    await this.#options.record.shown(index, { ...written(part), message });
  }

  async #edit(index: number, { view, final }: Wanted): Promise<void> {
    const part = this.#parts[index];
    if (part?.message === undefined) return;
    const { message } = part;
    // Until the answer comes it may show either.
    part.shown = undefined;
    await this.#ask((signal) => this.#options.surface.edit(this.#place, message, view, signal));
    this.#shows(part, view, final);
    if (final) await this.#options.record.note(index, written(part));
  }

  #shows(part: Part, view: Wanted['view'], final: boolean): void {
    part.shown = fingerprint(view);
    part.shownText = view.text;
    if (final) part.settled = part.shown;
  }

  async #remove(index: number): Promise<void> {
    const part = this.#parts[index];
    if (!part) return;
    if (part.message === undefined && part.doubt) await this.#adopt(index, part);
    const { message } = part;
    if (message !== undefined) await this.#ask(() => this.#options.surface.remove(this.#place, message));
    await this.#forget(index);
  }

  async #clear(index: number): Promise<void> {
    const old = this.#parts[index]?.old;
    if (old !== undefined) await this.#ask(() => this.#options.surface.remove(this.#place, old));
    await this.#cleared(index);
  }

  async #cleared(index: number): Promise<void> {
    const part = this.#parts[index];
    if (!part) return;
    delete part.old;
    await this.#options.record.note(index, written(part));
  }

  async #forget(index: number): Promise<void> {
    this.#parts[index] = undefined;
    await this.#options.record.note(index, undefined);
  }

  /** What follows from what the platform said. */
  async #answer(step: Step, error: SurfaceError): Promise<void> {
    const part = this.#parts[step.index];
    const removing = step.type === 'remove' || step.type === 'clear';
    switch (error.problem) {
      case 'message-gone':
        if (removing) return this.#settled(step);
        if (step.type === 'edit' && part) return this.#missing(step.index, part);
        // What it answers is gone: it need not be a reply to it.
        if (this.#place.replyTo !== undefined) {
          const { replyTo: _, ...place } = this.#place;
          this.#place = place;
          return;
        }
        break;
      case 'place-gone':
      case 'forbidden':
        if (step.type === 'clear') return this.#cleared(step.index);
        return this.#giveUp(error.problem);
      case 'locked':
        if (removing) return this.#settled(step);
        if (step.type === 'edit' && part) return this.#renewPart(step.index, part, step.wanted);
        break;
      case 'preview':
        if (step.type === 'edit' && part) return this.#replace(step.index, part);
        break;
      case 'refused':
        if (removing) return this.#settled(step);
        if (this.#plain) return this.#giveUp('refused');
        this.#plain = true;
        return;
    }
    // Away, or no answer: again and again, for as long as it takes.
    if (this.#failures++ === 0) this.#failingSince = Date.now();
    this.#notBefore = performance.now() + retryAfter(this.#failures, this.#options.pace, Math.random());
    if (this.#over && Date.now() - (this.#final?.at ?? this.#failingSince) > this.#options.pace.giveUpMs) {
      return this.#giveUp('unreachable');
    }
  }

  /** What was to be removed is gone, or stays for ever. */
  #settled(step: Step): Promise<void> {
    return step.type === 'clear' ? this.#cleared(step.index) : this.#forget(step.index);
  }

  /** Somebody has removed a message. The first one of a reply that still grows: it is not wanted any more. */
  async #missing(index: number, part: Part): Promise<void> {
    const { record, queue } = this.#options;
    part.gone = true;
    await record.note(index, written(part));
    if (this.#over || index > 0) return;
    await queue.deliveries.drop(this.#jobId);
    this.drop();
    await this.#cancel();
  }

  /** A message that can no longer be edited is replaced in the end, unless it says already what it should. */
  async #renewPart(index: number, part: Part, { view, final }: Wanted): Promise<void> {
    part.locked = true;
    if (!this.#over) return;
    if (part.shownText === view.text) return this.#shows(part, view, final);
    await this.#replace(index, part, part.message);
  }

  /** Lets a part be sent anew; `old` is the message that is to be removed after that. */
  async #replace(index: number, part: Part, old?: string): Promise<void> {
    const next = { ...fresh(this.#jobId, index, part.generation + 1), ...(old !== undefined && { old }) };
    await this.#options.record.intend(index, written(next));
    this.#parts[index] = { ...next, recorded: true };
  }

  async #giveUp(reason: string): Promise<void> {
    this.#hopeless = reason;
    this.#following.abort();
    if (!this.#final) await this.#cancel();
  }

  async #cancel(): Promise<void> {
    await this.#options.queue.cancel(this.#jobId).catch(this.#options.onError);
  }

  #ask<Answer>(call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
    const { pace, onError } = this.#options;
    return ask(call, this.#requesting.signal, pace.requestMs, onError);
  }

  #typingWanted(): boolean {
    return !this.#over && !this.#stopped && !this.#parts.some((part) => part?.message !== undefined);
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

function fresh(jobId: string, index: number, generation = 0): Part {
  return { nonce: nonceOf(jobId, index, generation), generation, recorded: false, doubt: false };
}

/** Of a part, what is kept in Redis. */
function written({ nonce, generation, message, settled, gone, old }: Part) {
  return {
    nonce,
    generation,
    ...(message !== undefined && { message }),
    ...(settled !== undefined && { settled }),
    ...(gone !== undefined && { gone }),
    ...(old !== undefined && { old }),
  };
}
