import type { DeliveredPart } from '../../../queue/index.ts';
import { type Place, type Surface, SurfaceError } from '../surface.ts';
import { nonceOf, type ReplyRecord } from './record.ts';
import type { Part, Step } from './steps.ts';
import type { Typing } from './typing.ts';
import { fingerprint, type Wanted } from './view.ts';

export interface MessagesOptions {
  surface: Surface;
  record: ReplyRecord;
  typing: Typing;
  /** Makes a request, within the time that one may take. */
  ask: <Answer>(call: (signal: AbortSignal) => Promise<Answer>) => Promise<Answer>;
  /** What there is to show now; a message whose sending is in doubt is looked for by it. */
  text: () => string;
}

/** The messages that show one reply. Each is recorded before it is sent and after, so that another process can go on. */
export class Messages {
  /** Whether somebody before us has shown some of it. */
  readonly resumed: boolean;
  readonly #options: MessagesOptions;
  readonly #parts: (Part | undefined)[];
  readonly #jobId: string;
  #place: Place;

  constructor(options: MessagesOptions) {
    const { record } = options;
    this.#options = options;
    this.#jobId = record.delivery.jobId;
    this.#place = record.delivery.place;
    this.#parts = record.state.parts.map(
      (part) => part && { ...part, recorded: true, doubt: part.message === undefined },
    );
    this.resumed = this.#parts.length > 0;
  }

  get parts(): readonly (Part | undefined)[] {
    return this.#parts;
  }

  /** Takes one step. @throws SurfaceError */
  do(step: Step): Promise<void> {
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

  /** What a step was to remove is gone, or stays for ever. */
  settle(step: Step): Promise<void> {
    return step.type === 'clear' ? this.#cleared(step.index) : this.#forget(step.index);
  }

  /** Somebody has removed a message. */
  async lost(index: number): Promise<void> {
    const part = this.#parts[index];
    if (part) part.gone = true;
    await this.#note(index);
  }

  /** What it answers is gone: it need not be a reply to it. @returns whether it was one. */
  standAlone(): boolean {
    const { replyTo, ...place } = this.#place;
    this.#place = place;
    return replyTo !== undefined;
  }

  /** A message can no longer be edited. Once nothing changes any more (`over`) it is replaced, unless it says what it should. */
  async locked(index: number, { view, final }: Wanted, over: boolean): Promise<void> {
    const part = this.#parts[index];
    if (!part) return;
    part.locked = true;
    if (!over) return;
    if (part.shownText === view.text) this.#shows(part, view, final);
    else await this.replace(index, part.message);
  }

  /** Lets a part be sent anew. @param old - the message that is to be removed after that. */
  async replace(index: number, old?: string): Promise<void> {
    const generation = (this.#parts[index]?.generation ?? 0) + 1;
    const next = { ...fresh(this.#jobId, index, generation), ...(old !== undefined && { old }) };
    await this.#options.record.intend(index, written(next));
    this.#parts[index] = { ...next, recorded: true };
  }

  async #send(index: number, { view, final }: Wanted): Promise<void> {
    const { surface, record, typing, ask } = this.#options;
    const part = this.#parts[index] ?? fresh(this.#jobId, index);
    this.#parts[index] = part;
    if (part.doubt && (await this.#adopt(index, part))) return;
    if (!part.recorded) {
      await record.intend(index, written(part));
      part.recorded = true;
    }
    // Asked to be dropped just now: then better not at all.
    if (record.dropped) return;
    await typing.pause();
    const doubt = part.doubt;
    part.doubt = true;
    try {
      const message = await ask((signal) => surface.send(this.#place, view, part.nonce, signal));
      // The platform may have answered with what an earlier try has sent.
      if (!doubt) this.#shows(part, view, final);
      await this.#arrived(index, part, message);
    } catch (error) {
      if (error instanceof SurfaceError && error.problem !== 'unknown') part.doubt = doubt;
      throw error;
    } finally {
      typing.go();
    }
  }

  /** Looks for a message that may have been sent. @returns whether it is there. */
  async #adopt(index: number, part: Part): Promise<boolean> {
    const { surface, record, ask, text } = this.#options;
    const { persona } = record.delivery;
    const view = { text: text() || '…', buttons: [], jobId: this.#jobId, ...(persona !== undefined && { persona }) };
    const found = await ask(() => surface.find(this.#place, view, part.nonce));
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
    const { surface, ask } = this.#options;
    const part = this.#parts[index];
    if (part?.message === undefined) return;
    const { message } = part;
    // Until the answer comes it may show either.
    part.shown = undefined;
    await ask((signal) => surface.edit(this.#place, message, view, signal));
    this.#shows(part, view, final);
    if (final) await this.#note(index);
  }

  #shows(part: Part, view: Wanted['view'], final: boolean): void {
    part.shown = fingerprint(view);
    part.shownText = view.text;
    if (final) part.settled = part.shown;
  }

  async #remove(index: number): Promise<void> {
    const { surface, ask } = this.#options;
    const part = this.#parts[index];
    if (!part) return;
    if (part.message === undefined && part.doubt) await this.#adopt(index, part);
    const { message } = part;
    if (message !== undefined) await ask(() => surface.remove(this.#place, message));
    await this.#forget(index);
  }

  async #clear(index: number): Promise<void> {
    const { surface, ask } = this.#options;
    const old = this.#parts[index]?.old;
    if (old !== undefined) await ask(() => surface.remove(this.#place, old));
    await this.#cleared(index);
  }

  async #cleared(index: number): Promise<void> {
    const part = this.#parts[index];
    if (!part) return;
    delete part.old;
    await this.#note(index);
  }

  async #forget(index: number): Promise<void> {
    this.#parts[index] = undefined;
    await this.#note(index);
  }

  async #note(index: number): Promise<void> {
    const part = this.#parts[index];
    await this.#options.record.note(index, part && written(part));
  }
}

function fresh(jobId: string, index: number, generation = 0): Part {
  return { nonce: nonceOf(jobId, index, generation), generation, recorded: false, doubt: false };
}

/** Of a part, what is kept in Redis. */
function written({ nonce, generation, message, settled, gone, old }: Part): DeliveredPart {
  return {
    nonce,
    generation,
    ...(message !== undefined && { message }),
    ...(settled !== undefined && { settled }),
    ...(gone !== undefined && { gone }),
    ...(old !== undefined && { old }),
  };
}
