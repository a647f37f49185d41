import type { Persona } from '../../personas/index.ts';
import { budgetsFor, type Window } from '../context/index.ts';
import type { Engine } from '../engine/index.ts';
import { type Breach, isImpersonation, mannersOf } from './manners.ts';
import type { Exchange, Played } from './play.ts';
import { type Reading, readingOf, slidingSteps, steadySpan, stepsOf } from './reading.ts';
import { distinct, repeated } from './repetition.ts';

/** What was measured, and what is wanted of it. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `share` is 0 to 1. */
  readonly unit: 'count' | 'share' | 'tokens' | 'times' | 'tokens/s';
  readonly least?: number;
  readonly most?: number;
}

/** Below this many tokens most of a window is new text after each eviction, whatever is done about it. */
const FULL_CONTEXT = 8192;

/** Whether a figure is as it is wanted. */
export const isMet = ({ value, least = -Infinity, most = Infinity }: Figure) => value >= least && value <= most;

/** What a played conversation comes to. */
export function reportOf(played: Played, persona: Persona, engine: Engine): Figure[] {
  const { exchanges, summaries, seconds } = played;
  const replies = exchanges.map(({ reply }) => reply.text);
  const asked = exchanges.filter((exchange) => exchange.window !== undefined);
  const windows = asked.map(({ window }) => window as Window);
  const look = mannersOf(persona);
  const breaches = exchanges.map(({ reply }) => look(reply.text, reply.finish));
  const broken = (breach: Breach) => breaches.filter((each) => each.includes(breach)).length;
  const excuses = asked.filter(({ reply }) => persona.lines.empty.includes(reply.text)).length;
  const drawn = exchanges.flatMap(({ calls }) => calls).reduce((sum, call) => sum + call.drawn.length, 0);
  const count = exchanges.length || 1;
  return [
    {
      ...{ name: 'impersonations', unit: 'count', most: 0 },
      value: asked.filter(({ reply, window }) => isImpersonation(reply.text, window as Window)).length,
    },
    {
      ...{ name: 'budget overruns', unit: 'count', most: 0 },
      value: asked.filter((exchange) => isOverrun(exchange, persona, engine.context)).length,
    },
    {
      ...{ name: 'replies in character', unit: 'share', least: 0.95 },
      value: breaches.filter((each) => each.length === 0).length / count,
    },
    { name: 'under their own name', unit: 'count', value: broken('name'), most: 0 },
    { name: 'in another language', unit: 'count', value: broken('language') },
    { name: 'too long or cut off', unit: 'count', value: broken('length') },
    { name: 'with a forbidden form', unit: 'count', value: broken('form'), most: 0 },
    { name: 'without an answer', unit: 'share', value: excuses / count, most: 0.02 },
    { name: 'made again', unit: 'share', value: asked.filter(({ calls }) => calls.length > 1).length / count },
    { name: 'repeated replies', unit: 'share', value: repeated(replies) / count, most: 0.02 },
    { name: 'distinct-1', unit: 'share', value: distinct(replies, 1) },
    { name: 'distinct-2', unit: 'share', value: distinct(replies, 2), least: 0.6 },
    { name: 'distinct-3', unit: 'share', value: distinct(replies, 3) },
    ...windowFigures(windows, summaries),
    ...readingFigures(played, persona, engine),
    { name: 'speed', unit: 'tokens/s', value: drawn / seconds },
  ];
}

function windowFigures(windows: readonly Window[], summaries: Played['summaries']): Figure[] {
  const mean = (of: (window: Window) => number) =>
    windows.reduce((sum, each) => sum + of(each), 0) / (windows.length || 1);
  return [
    { name: 'evictions', unit: 'count', value: windows.at(-1)?.evicted.length ?? 0 },
    { name: 'summaries made', unit: 'count', value: summaries.made },
    { name: 'summaries good enough', unit: 'count', value: summaries.good },
    { name: 'prompt', unit: 'tokens', value: mean(({ tokens }) => tokens.length) },
    { name: 'of it static', unit: 'tokens', value: mean(({ staticTokens }) => staticTokens) },
    { name: 'of it summary', unit: 'tokens', value: mean(({ summaryTokens }) => summaryTokens) },
    { name: 'of it history', unit: 'tokens', value: mean(({ historyTokens }) => historyTokens) },
  ];
}

function readingFigures({ exchanges, seen }: Played, persona: Persona, engine: Engine): Figure[] {
  const { tokenizer, context } = engine;
  const span = steadySpan(exchanges);
  const ours = readingOf(stepsOf(exchanges), span);
  const sliding = readingOf(slidingSteps(exchanges, seen, { persona, tokenizer, context }), span);
  const anew = ({ tokens, cached, replies }: Reading) => (tokens - cached) / (replies || 1);
  const { prefixHits, prefixMisses } = engine.stats();
  const isLarge = context >= FULL_CONTEXT;
  return [
    {
      ...{ name: 'prompt from the cache', unit: 'share', value: ours.cached / (ours.tokens || 1) },
      ...(isLarge && { least: 0.95 }),
    },
    ...(prefixHits > 0
      ? [{ name: 'the engine’s own count', unit: 'share' as const, value: prefixHits / (prefixHits + prefixMisses) }]
      : []),
    { name: 'read anew for a reply', unit: 'tokens', value: anew(ours) },
    { name: 'by a sliding window', unit: 'tokens', value: anew(sliding) },
    {
      ...{ name: 'a sliding window reads', unit: 'times', value: anew(sliding) / (anew(ours) || 1) },
      // A window that was not filled twice has hardly slid.
      ...(span.from > 0 && { least: isLarge ? 10 : 3 }),
    },
  ];
}

function isOverrun({ window, calls }: Exchange, { replyTokens }: Persona, context: number): boolean {
  const budgets = budgetsFor(context, replyTokens);
  const longest = Math.max(0, ...calls.map(({ drawn }) => drawn.length));
  const { tokens, staticTokens, summaryTokens, historyTokens } = window as Window;
  return (
    staticTokens > budgets.static ||
    summaryTokens > budgets.summary ||
    historyTokens > budgets.history ||
    longest > budgets.reply ||
    tokens.length + longest > context - budgets.slack
  );
}
