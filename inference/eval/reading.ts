import { layOut, type WindowPersona, type WindowTurn } from '../context/index.ts';
import type { Tokenizer } from '../engine/index.ts';
import type { Exchange } from './play.ts';

/** Positions that a prefix cache keeps together. */
const BLOCK = 16;

/** How much of the prompts of a chat a prefix cache could serve. */
export interface Reading {
  /** Prompt tokens of all replies but the first, and how many of them stood there before, in the same place, in whole blocks. */
  readonly tokens: number;
  readonly cached: number;
}

/** What stood in the cache behind a reply, and the prompt that comes next. */
interface Step {
  readonly prompt: readonly number[];
  readonly drawn: readonly number[];
}

export function readingOf(steps: readonly Step[]): Reading {
  let tokens = 0;
  let cached = 0;
  for (const [at, { prompt }] of steps.entries()) {
    const before = steps[at - 1];
    if (!before) continue;
    tokens += prompt.length;
    // The last token of a prompt is computed in any case: somebody must say what comes after it.
    const common = Math.min(commonLength([...before.prompt, ...before.drawn], prompt), prompt.length - 1);
    cached += common - (common % BLOCK);
  }
  return { tokens, cached };
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
 * The same chat in a window that slides: it always holds as many of the newest turns as fit, and lets go of one at a time.
 *
 * @param seen - the whole conversation; the question of exchange _i_ is turn 2 _i_.
 */
export function slidingReading(
  exchanges: readonly Exchange[],
  seen: readonly WindowTurn[],
  { persona, tokenizer, context }: SlidingOptions,
): Reading {
  let first = 0;
  const steps: Step[] = [];
  for (const [at, { calls }] of exchanges.entries()) {
    const call = calls[0];
    if (!call) continue;
    const end = 2 * at + 1;
    const window = () => layOut({ persona, turns: seen.slice(first, end), tokenizer, context });
    let now = window();
    while (now.evicted.length > 0) {
      first++;
      now = window();
    }
    steps.push({ prompt: now.tokens, drawn: call.drawn });
  }
  return readingOf(steps);
}
