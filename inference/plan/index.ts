/**
 * What a machine can do with a model: what fits, how fast, how long it loads. Pure functions over a table of cards; what is measured on this
 * machine comes from the command line.
 *
 *     const found = plan({ shape: GROK_1, machine: ofCards(card, 8), dtype: 'bf16' });
 *
 * cards.ts     graphics cards, with sources
 * size.ts      bytes and operations of a model, by its shape
 * machine.ts   what it runs on, and what part of a limit others have reached
 * plan.ts      the two together
 * offload.ts   what it comes to when experts stay in the host's memory
 * suggest.ts   what to do when it does not fit
 */
export { type Card, cardOf, cards } from './cards.ts';
export { type Disk, type Fraction, LINK_SOURCE, type Machine, type Measured, ofCards, ofMeasured } from './machine.ts';
export { type Offloaded, offload } from './offload.ts';
export { type Plan, plan, type Range, type Speed } from './plan.ts';
export type { Question } from './question.ts';
export { type Dtype, kvBytes, sizesOf, stepBytes } from './size.ts';
export type { Advice } from './suggest.ts';
