import type { Clock } from '../clock.ts';

const EPOCH = 1_420_070_400_000;

/** Snowflakes that only grow: 42 bits of time, 10 bits of a seed, 12 bits of a counter. */
export class Ids {
  readonly #clock: Clock;
  readonly #seed: bigint;
  #ms = 0;
  #count = 0;

  constructor(clock: Clock, seed: number) {
    this.#clock = clock;
    this.#seed = BigInt(seed & 0x3ff) << 12n;
  }

  next(): string {
    const now = this.#clock.now();
    if (now > this.#ms) return this.#at(now);
    if (this.#count < 0xfff) {
      this.#count++;
      return this.#make();
    }
    return this.#at(this.#ms + 1);
  }

  /** An id in a millisecond of its own: a guild's shard is made of the millisecond, so that guilds spread over shards. */
  nextGuild(): string {
    return this.#at(Math.max(this.#clock.now(), this.#ms + 1));
  }

  #at(ms: number): string {
    this.#ms = ms;
    this.#count = 0;
    return this.#make();
  }

  #make(): string {
    return ((BigInt(this.#ms - EPOCH) << 22n) | this.#seed | BigInt(this.#count)).toString();
  }
}

/** When an id was made, in milliseconds since 1970. */
export function timeOf(id: string): number {
  return Number(BigInt(id) >> 22n) + EPOCH;
}

/** Which of `count` shards hears about a guild. */
export function shardOf(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count));
}
