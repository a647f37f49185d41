/**
 * How far the engine is from what the machine allows (`wisecrack bench engine`), and whether it stays right under load (`bench soak`).
 *
 * bench.ts     all figures, for each kind of weights and number of threads
 * subject.ts   the model that is open, and the machine's limits beside it
 * speed.ts     decoding and prompts      cost.ts    what a step costs beside the forward pass
 * chats.ts     a persona that chats share    busy.ts    another process on one core      memory.ts   the most that was resident
 * soak.ts      requests that come and go, each reply compared with the one it gives alone
 * load.ts      requests that keep the engine busy, and how long they take; requests.ts makes them
 * roofline.ts  what a step must read and compute at least
 * shapes.ts    Grok-1 in other sizes
 * model.ts     a model of such a size with random weights
 * stretch.ts   the same model for longer windows
 */
export { type BenchOptions, benchEngine, PARTS, type Part } from './bench.ts';
export { makeInt8, makeModel } from './model.ts';
export { shapes } from './shapes.ts';
export { soakEngine } from './soak.ts';
export { stretchModel } from './stretch.ts';
