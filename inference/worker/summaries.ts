import { createHash } from 'node:crypto';
import { reasonOf } from '../../errors.ts';
import type { Persona } from '../../personas/index.ts';
import type { Conversations, Job, Summary, Turn } from '../../queue/index.ts';
import { checkSummary, layOutSummary, type WindowTurn } from '../context/index.ts';
import type { Engine, Sampling } from '../engine/index.ts';
import type { Log } from './log.ts';

/** A summary is told soberly, and tells the same when it is made again. */
const SOBER: Sampling = {
  ...{ temperature: 0.3, topK: 0, topP: 1, minP: 0.1, repetitionPenalty: 1, seed: 1 },
  ...{ dryMultiplier: 0.8, dryBase: 1.75, dryAllowedLength: 4 },
};

export interface Renewal {
  readonly persona: Persona;
  /** The conversation as it stands in the window, and the same as the window sees it. */
  readonly turns: readonly Turn[];
  readonly seen: readonly WindowTurn[];
  /** How many of them the summary so far covers, and how many the new one will: all that have left the window. */
  readonly covered: number;
  readonly through: number;
  readonly earlier: string | undefined;
}

/** Sums up what left the windows, in the background: at low priority, one summary per conversation at a time. */
export class Summaries {
  readonly #engine: Engine;
  readonly #conversations: Pick<Conversations, 'read' | 'summarise'>;
  readonly #log: Log;
  readonly #running = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: { engine: Engine; conversations: Pick<Conversations, 'read' | 'summarise'>; log: Log }) {
    this.#engine = parts.engine;
    this.#conversations = parts.conversations;
    this.#log = parts.log;
  }

  /** Begins a new summary of a job's conversation, unless one is in the making. Returns at once. */
  renew({ conversation, trace }: Pick<Job, 'conversation' | 'trace'>, renewal: Renewal): void {
    if (this.#closing.signal.aborted || this.#running.has(conversation)) return;
    const made = this.#make(conversation, trace, renewal)
      .catch((error) => this.#log.warn({ trace, error: reasonOf(error) }, 'no summary could be made'))
      .finally(() => this.#running.delete(conversation));
    this.#running.set(conversation, made);
  }

  /** Resolves when no summary is in the making. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Gives up what is in the making. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
  }

  async #make(conversation: string, trace: string, renewal: Renewal): Promise<void> {
    const { persona, turns, seen, covered, through, earlier } = renewal;
    const { tokenizer, context } = this.#engine;
    const prompt = layOutSummary({ persona, turns: seen.slice(covered, through), earlier, tokenizer, context });
    let raw = '';
    let cancelled = false;
    const request = { prompt: prompt.tokens, maxTokens: prompt.maxTokens, stop: prompt.stop, sampling: SOBER };
    const pieces = this.#engine.generate(
      { ...request, penaltyStart: prompt.tokens.length, priority: 'low' },
      this.#closing.signal,
    );
    for await (const piece of pieces) {
      raw += piece.text;
      cancelled ||= piece.finish === 'cancelled';
    }
    if (cancelled) return;
    const checked = checkSummary(raw, prompt.source);
    // A poor one is kept as an empty one, so that it is not tried again with each message.
    const text = 'text' in checked ? checked.text : '';
    const last = turns[through - 1];
    if (!last || !(await this.#stillStands(conversation, turns.slice(0, through)))) return;
    await this.#conversations.summarise(conversation, {
      text,
      through: last.id,
      digest: digestOf(turns.slice(0, through)),
    });
    const outcome = 'text' in checked ? { tokens: tokenizer.encodePlain(text).length } : { dropped: checked.reason };
    this.#log.info({ trace, turns: through - covered, ...outcome }, 'summed up what left the window');
  }

  /** Nobody may read in a summary what was taken back while it was made. */
  async #stillStands(conversation: string, turns: readonly Turn[]): Promise<boolean> {
    const now = new Map((await this.#conversations.read(conversation)).map(({ id, text }) => [id, text]));
    return turns.every(({ id, text }) => now.get(id) === text);
  }
}

/** How many of the conversation's turns a summary covers; 0 when it does not hold, since one of them was changed or is gone. */
export function coverage(turns: readonly Turn[], summary: Summary | undefined): number {
  if (!summary) return 0;
  const count = turns.findIndex(({ id }) => id === summary.through) + 1;
  return count > 0 && digestOf(turns.slice(0, count)) === summary.digest ? count : 0;
}

function digestOf(turns: readonly Turn[]): string {
  const hash = createHash('sha256');
  for (const { id, text } of turns) hash.update(JSON.stringify([id, text]));
  return hash.digest('base64');
}
