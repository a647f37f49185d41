import { layOut, type WindowPersona, type WindowTurn } from '../context/index.ts';
import type { Tokenizer } from '../engine/index.ts';
import type { Exchange } from './play.ts';

/** Positions that a prefix cache keeps together. */
const BLOCK = 16;

/** How much of the prompts of a chat a prefix cache could serve. */
export interface Reading {
  readonly replies: number;
  /** Prompt tokens of these replies, and how many of them stood there before, in the same place, in whole blocks. */
  readonly tokens: number;
  readonly cached: number;
}

/** The exchanges that are counted: from `from` up to, but without, `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What stood in the cache behind a reply, and the prompt that comes next. */
export interface Step {
  /** Which exchange it is. */
  readonly at: number;
  readonly prompt: readonly number[];
  readonly drawn: readonly number[];
}

/**
 * Where a chat is steady: from the first eviction to the last, so that it is filled and emptied whole times. A chat that has none of that
 * counts as a whole.
 */
export function steadySpan(exchanges: readonly Exchange[]): Span {
  const evictions = exchanges.map(({ window }) => window?.evicted.length ?? 0);
  const last = evictions.indexOf(Math.max(...evictions));
  const first = evictions.findIndex((count) => count > 0);
  return first >= 0 && last > first ? { from: first, to: last } : { from: 0, to: exchanges.length };
}

/** What was read for each reply, as it was. */
export function stepsOf(exchanges: readonly Exchange[]): Step[] {
  return exchanges.flatMap(({ calls: [first, ...more] }, at) =>
    first ? [{ at, prompt: first.prompt, drawn: (more.at(-1) ?? first).drawn }] : [],
  );
}

/** @param span - counts only these exchanges, and never the first one, before which there is nothing. */
export function readingOf(steps: readonly Step[], span: Span = { from: 0, to: Number.POSITIVE_INFINITY }): Reading {
  let [replies, tokens, cached] = [0, 0, 0];
  for (const [index, { at, prompt }] of steps.entries()) {
    const before = steps[index - 1];
    if (!before || at < span.from || at >= span.to) continue;
    replies++;
    tokens += prompt.length;
    // The last token of a prompt is computed in any case: somebody must say what comes after it.
    const common = Math.min(commonLength([...before.prompt, ...before.drawn], prompt), prompt.length - 1);
    cached += common - (common % BLOCK);
  }
  return { replies, tokens, cached };
}

function commonLength(a: readonly number[], b: readonly number[]): number {
  const differ = b.findIndex((token, at) => token !== a[at]);
  return differ < 0 ? b.length : differ;
}

export interface SlidingOptions {
  readonly persona: WindowPersona;
  readonly tokenizer: Tokenizer;
  readonly context: number;
}

/**
 * What would have been read in a window that slides: it always holds as many of the newest turns as fit, and lets go of one at a time.
 *
 * @param seen - the whole conversation; the question of exchange _i_ is turn 2 _i_.
 */
export function slidingSteps(
  exchanges: readonly Exchange[],
  seen: readonly WindowTurn[],
  { persona, tokenizer, context }: SlidingOptions,
): Step[] {
  let first = 0;
  return stepsOf(exchanges).map(({ at, drawn }) => {
    const window = () => layOut({ persona, turns: seen.slice(first, 2 * at + 1), tokenizer, context });
    let now = window();
    while (now.evicted.length > 0) {
      first++;
      now = window();
    }
    return { at, prompt: now.tokens, drawn };
  });
}
