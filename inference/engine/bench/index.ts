/**
 * How far the engine is from what the machine allows (`wisecrack bench engine`).
 *
 * bench.ts     the figures, each beside its limit
 * load.ts      requests that keep the engine busy, and how long they take
 * roofline.ts  what a step must read and compute at least
 * shapes.ts    Grok-1 in other sizes
 * model.ts     a model of such a size with random weights
 * stretch.ts   the same model for longer windows
 */
export { type BenchOptions, type BenchRow, benchEngine } from './bench.ts';
export { makeModel } from './model.ts';
export { shapes } from './shapes.ts';
export { stretchModel } from './stretch.ts';
