import { STAY } from '../keys.ts';
import { readPieces } from '../replies/codec.ts';
import { endReply } from '../replies/end.ts';
import type { End, Figures, Job } from '../schema/index.ts';
import { StaleAttempt } from '../scripts.ts';
import type { Store } from '../store.ts';
import type { Handler, HandlerContext, Reply } from '../types.ts';
import { Publisher } from './publisher.ts';

/** One try at a reply, by the worker that owns it. */
export class Attempt {
  readonly job: Job;
  readonly number: number;
  /** Whether a cancel came before the attempt began. */
  readonly cancelled: boolean;
  readonly #store: Store;
  readonly #resume: { text: string; tokens: number[] };
  readonly #publisher: Publisher;
  readonly #waitMs: number;
  readonly #beganAt = performance.now();
  #text: string;
  #replyTokens: number;
  #promptTokens = 0;

  /** Takes the reply over from whoever had it; undefined when it has ended already, or the job is no longer ours. */
  static async begin(
    store: Store,
    job: Job,
    lockToken: string,
    onLost: (error: unknown) => void,
  ): Promise<Attempt | undefined> {
    const [state, number = 0, events = 0, cancelled = 0] = (await store.run(
      'begin-attempt',
      [store.keys.record(job.id), store.keys.lock(job.id), store.keys.clock],
      [lockToken, STAY.unfinished],
    )) as [string, number?, number?, number?];
    if (state !== 'begun') return undefined;
    const resume = events === 0 ? { text: '', tokens: [] } : await readPieces(store, job.id);
    const publisher = new Publisher(store, job.id, number, events, onLost);
    return new Attempt(store, job, number, cancelled === 1, resume, publisher);
  }

  private constructor(
    store: Store,
    job: Job,
    number: number,
    cancelled: boolean,
    resume: { text: string; tokens: number[] },
    publisher: Publisher,
  ) {
    this.#store = store;
    this.job = job;
    this.number = number;
    this.cancelled = cancelled;
    this.#resume = resume;
    this.#publisher = publisher;
    this.#text = resume.text;
    this.#replyTokens = resume.tokens.length;
    this.#waitMs = Math.max(0, Date.now() - job.createdAt);
  }

  /** Lets the handler make the reply. */
  run(handle: Handler, signal: AbortSignal): Promise<Reply> {
    return handle(this.job, this.#contextFor(signal));
  }

  /** Ends the reply with what the handler returned. */
  async finish({ finish, text, figures }: Reply): Promise<void> {
    await this.#end({ finish, text, figures: { ...this.#figures(), ...figures } });
  }

  /** Ends the reply with what was said so far. */
  async cancel(): Promise<void> {
    await this.#end({ finish: 'cancelled', text: this.#text, figures: this.#figures() });
  }

  /** Ends the reply with an apology, after what was said so far. */
  async fail(apology: string, error: NonNullable<End['error']>): Promise<void> {
    const text = this.#text === '' ? apology : `${this.#text}\n\n${apology}`;
    await this.#end({ finish: 'failed', text, error, figures: this.#figures() });
  }

  /** Gives the reply up, after sending what is still to be sent: this attempt can publish nothing more. */
  async release(): Promise<void> {
    await this.#publisher.flush();
    await this.#store.run('release-attempt', [this.#store.keys.record(this.job.id)], [this.number]);
  }

  async #end(end: Omit<End, 'type'>): Promise<void> {
    await this.#publisher.flush();
    if (this.#publisher.failure instanceof StaleAttempt) throw this.#publisher.failure;
    await endReply(this.#store, this.job, this.number, end);
  }

  #contextFor(signal: AbortSignal): HandlerContext {
    const { conversations } = this.#store;
    return {
      signal,
      resume: { ...this.#resume, attempt: this.number },
      start: ({ persona = this.job.persona, model, promptTokens }) => {
        this.#promptTokens = promptTokens;
        const waitMs = this.#waitMs;
        void this.#publisher.start({ type: 'start', attempt: this.number, persona, model, promptTokens, waitMs });
      },
      publish: (text, tokens, chances) => {
        this.#text += text;
        this.#replyTokens += tokens.length;
        return this.#publisher.publish(text, tokens, chances);
      },
      conversation: {
        read: (last) => conversations.read(this.job.conversation, last),
        summary: () => conversations.summary(this.job.conversation),
        getPersona: () => conversations.getPersona(this.job.conversation),
      },
    };
  }

  #figures(): Figures {
    const now = performance.now();
    const firstAt = this.#publisher.firstAt ?? now;
    // The first token waits for the prompt; only those after it show the speed.
    const later = Math.max(0, this.#replyTokens - this.#resume.tokens.length - 1);
    return {
      promptTokens: this.#promptTokens,
      replyTokens: this.#replyTokens,
      waitMs: this.#waitMs,
      firstTokenMs: firstAt - this.#beganAt,
      totalMs: now - this.#beganAt,
      tokensPerSecond: later === 0 ? 0 : later / Math.max(0.001, (now - firstAt) / 1000),
    };
  }
}
