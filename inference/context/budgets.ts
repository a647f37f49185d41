import { WisecrackError } from '../../errors.ts';
import { shortage } from './shortages.ts';

/** How many tokens each part of the window may take; together they are the context. */
export interface Budgets {
  /** Frame, profile and examples: C/4. */
  readonly static: number;
  /** What fell out of the window: 3C/64, kept free when there is no summary, so that its arrival evicts nothing. */
  readonly summary: number;
  /** The chat itself and the cursor: the rest. */
  readonly history: number;
  /** C/16, at least 96; a persona may ask for up to C/4. */
  readonly reply: number;
  /** Never used by a prompt: C/256. */
  readonly slack: number;
}

/** Below this neither a persona nor a chat fits in a useful way. */
export const MIN_CONTEXT = 1024;
const MIN_REPLY = 96;

/**
 * Splits a model's context.
 *
 * @param replyTokens - the persona's wish; what it takes above the default comes out of the history.
 */
export function budgetsFor(context: number, replyTokens?: number): Budgets {
  if (!Number.isInteger(context) || context < MIN_CONTEXT) {
    throw new WisecrackError('WISECRACK_WINDOW_TOO_SMALL', {
      reason: shortage('context', { tokens: context, least: MIN_CONTEXT }),
    });
  }
  const part = (numerator: number, denominator: number) => Math.floor((context * numerator) / denominator);
  const fixed = { static: part(1, 4), summary: part(3, 64), slack: part(1, 256) };
  const reply = Math.min(Math.max(MIN_REPLY, replyTokens ?? part(1, 16)), part(1, 4));
  return { ...fixed, reply, history: context - fixed.static - fixed.summary - fixed.slack - reply };
}
