/**
 * How well a persona holds over a long chat: scripted conversations, played through the worker's own answers, and what they come to.
 *
 *     const played = await play({ persona, engine, script: scripts[persona.language], turns: 200 });
 *     const figures = reportOf(played, persona, engine);
 *
 * scripts/       what is said, in English and Chinese
 * play.ts        a conversation, turn by turn
 * manners.ts     the persona's rules: name, language, length, forbidden forms
 * repetition.ts  distinct-n, repeated replies
 * reading.ts     what a prefix cache serves, and what a sliding window would have had to read
 * report.ts      all of it as figures, with what is wanted of each
 * through.ts     an engine that hands on to another; recorder.ts writes down what it is asked
 * spoken.ts      an engine whose replies are given, for windows that are longer than a toy can speak in
 * bench.ts       what of a long chat in a full window is read anew (`wisecrack bench window`)
 */
import type { Language } from '../../personas/index.ts';
import type { Script } from './script.ts';
import { en } from './scripts/en.ts';
import { zh } from './scripts/zh.ts';

export { type BenchWindowOptions, benchWindow } from './bench.ts';
export { type Exchange, type Played, type PlayOptions, play } from './play.ts';
export { type Figure, isMet, reportOf } from './report.ts';
export { linesOf, type Said, type Script, type ScriptLine } from './script.ts';

export const scripts: Record<Language, Script> = { en, zh };
