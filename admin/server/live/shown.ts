import type { Finish, Job, Queue } from '../../../queue/index.ts';
import type { RunningReply } from '../../api/index.ts';

/** Over how long the speed is taken, in ms. */
const SPEED_MS = 10_000;
/** The asker's name stands in the question, which is one of the last turns. */
const LAST_TURNS = 50;
/** How long one that is in the queue no more may be about to tell its end. */
const QUIET_MS = 5000;

interface Listener {
  /** It has begun to run. */
  begun: (reply: Shown) => void;
  ended: (finish: Finish) => void;
  onError: (error: unknown) => void;
}

/** A reply on the board. */
export class Shown {
  readonly #queue: Queue;
  readonly #job: Job;
  readonly #who: { id: string; name: string };
  readonly #listener: Listener;
  readonly #closed = new AbortController();
  #state: RunningReply['state'];
  #text = '';
  #tokens = 0;
  /** What has been sent of the text. */
  #sent = 0;
  #sentTokens = 0;
  #lastAt = performance.now();
  /** When tokens came. */
  #drawn: { at: number; tokens: number }[] = [];

  private constructor(
    queue: Queue,
    job: Job,
    state: RunningReply['state'],
    who: { id: string; name: string },
    listener: Listener,
  ) {
    this.#queue = queue;
    this.#job = job;
    this.#state = state;
    this.#who = who;
    this.#listener = listener;
  }

  static async open(queue: Queue, job: Job, state: RunningReply['state'], listener: Listener): Promise<Shown> {
    const turns = await queue.conversations.read(job.conversation, LAST_TURNS);
    const { author } = turns.find(({ id }) => id === job.turnId) ?? {};
    const id = job.user ?? author?.id ?? '';
    return new Shown(queue, job, state, { id, name: author?.name ?? id }, listener);
  }

  /** Nothing was heard of it for a while. */
  get isQuiet(): boolean {
    return performance.now() - this.#lastAt > QUIET_MS;
  }

  /** Whether that is new. */
  become(state: RunningReply['state']): boolean {
    this.#lastAt = performance.now();
    if (this.#state === state) return false;
    this.#state = state;
    return true;
  }

  follow(): void {
    this.#follow().catch(this.#listener.onError);
  }

  close(): void {
    this.#closed.abort();
  }

  view(texts: boolean): RunningReply {
    const { id, platform, conversation, server, persona, trace, createdAt } = this.#job;
    return {
      ...{
        jobId: id,
        platform,
        conversation,
        who: this.#who,
        server: server ?? null,
        persona,
        trace,
        since: createdAt,
      },
      ...{ state: this.#state, tokens: this.#sentTokens, text: texts ? this.#text.slice(0, this.#sent) : null },
    };
  }

  /** What has come since the last time. */
  takeGrown(): { jobId: string; text: string; tokens: number } | undefined {
    if (this.#sent === this.#text.length && this.#sentTokens === this.#tokens) return undefined;
    const text = this.#text.slice(this.#sent);
    [this.#sent, this.#sentTokens] = [this.#text.length, this.#tokens];
    return { jobId: this.#job.id, text, tokens: this.#tokens };
  }

  tokensPerSecond(): number {
    const now = performance.now();
    this.#drawn = this.#drawn.filter(({ at }) => now - at < SPEED_MS);
    return (this.#drawn.reduce((sum, { tokens }) => sum + tokens, 0) * 1000) / SPEED_MS;
  }

  async #follow(): Promise<void> {
    for await (const event of this.#queue.follow(this.#job.id, { signal: this.#closed.signal })) {
      this.#lastAt = performance.now();
      if (event.type === 'end') return this.#listener.ended(event.finish);
      if (event.type === 'start' && this.become('running')) this.#listener.begun(this);
      if (event.type !== 'piece') continue;
      this.#text += event.text;
      this.#tokens += event.tokens.length;
      this.#drawn.push({ at: performance.now(), tokens: event.tokens.length });
    }
  }
}
