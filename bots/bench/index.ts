/** The load on a bot: many people on a fake platform, and what of their waiting is ours. */
export { type BotBenchOptions, benchBot } from './bench.ts';
export type { BenchPlatform } from './grounds.ts';
