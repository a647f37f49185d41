import { setTimeout as pause } from 'node:timers/promises';
import type { BenchRow } from '../../../queue/measure.ts';
import type { Addon, NativeRequest, StepEvent } from '../addon.ts';
import { loadAddon } from '../native/load.ts';
import { openModel } from '../native/open.ts';
import type { ModelRequests } from '../native/requests.ts';
import { Random } from '../random.ts';
import { requestOf, tokensOf } from './requests.ts';
import { SEQUENCES } from './subject.ts';

export interface SoakOptions {
  folder: string;
  seconds: number;
  /** 0 = as many as the engine takes by itself. */
  threads: number;
  /** Different requests, each of which comes again and again. */
  kinds?: number;
  addon?: Addon;
}

/** Requests at once: four times as many as the batch has places. */
const REQUESTS = 4 * SEQUENCES;
/** Tokens of the longest request, its reply included. */
const LONGEST = 256;
/** So many of the longest have room at once. The others wait, or give way. */
const ROOM = 6;
/** Steps that a request which runs may be left out, one after the other. */
const STALL_BAR = 2;
/** By so much memory may grow between a quarter of the time and its end: what allocators keep. */
const GROWTH_BAR = 1.1;

/**
 * Requests of random lengths come, share beginnings, are cancelled and go, under a small budget of keys and values. Every reply is
 * compared with the one that its request gives alone. In the end nothing may be left behind.
 */
export async function soakEngine(options: SoakOptions): Promise<BenchRow[]> {
  const { folder, seconds, threads, kinds = 256, addon = loadAddon() } = options;
  const open = (sizes: { maxSequences: number; kvBytes?: number }) =>
    openModel({ folder, device: 'cpu', activations: 'bf16', threads, context: 0, stepTokens: 64, addon, ...sizes });

  const single = await open({ maxSequences: 1 });
  const { vocabSize, numLayers, numKvHeads, keySize } = single.config;
  const requests = randomRequests(vocabSize, kinds);
  const alone: StepEvent[][] = [];
  try {
    for (const request of requests) alone.push(await replyOf(single, request));
  } finally {
    await single.close();
  }

  const kvBytes = ROOM * LONGEST * 4 * numLayers * numKvHeads * keySize;
  const model = await open({ maxSequences: SEQUENCES, kvBytes });
  try {
    const course = new Course(model, requests, alone);
    const end = performance.now() + 1000 * seconds;
    const people = Array.from({ length: REQUESTS }, (_, i) => course.person(new Random(i + 1), end));
    await pause(250 * seconds);
    const early = process.memoryUsage.rss();
    await Promise.all(people);
    await course.idle();
    return rowsOf(course, early, process.memoryUsage.rss());
  } finally {
    await model.close();
  }
}

/** What the requests did. */
class Course {
  replies = 0;
  cancelled = 0;
  wrong = 0;
  readonly model: ModelRequests;
  readonly #requests: readonly NativeRequest[];
  readonly #alone: readonly StepEvent[][];

  constructor(model: ModelRequests, requests: readonly NativeRequest[], alone: readonly StepEvent[][]) {
    this.model = model;
    this.#requests = requests;
    this.#alone = alone;
  }

  /** Asks one thing after the other until `end`; stops some replies before they begin, some in the middle. */
  async person(random: Random, end: number): Promise<void> {
    while (performance.now() < end) {
      if (random.below(3) === 0) await pause(random.below(30));
      const kind = random.below(this.#requests.length);
      const stopAfter = random.below(4) === 0 ? random.below(40) : Number.POSITIVE_INFINITY;
      await this.#ask(this.#requests[kind] as NativeRequest, this.#alone[kind] as StepEvent[], stopAfter);
    }
  }

  /** Until the engine has let go of all that was cancelled. */
  async idle(): Promise<void> {
    for (let tries = 0; tries < 100 && this.leftBehind > 0; tries++) await pause(20);
  }

  /** Requests and blocks that the engine still holds. */
  get leftBehind(): number {
    const { running, waiting, kvBlocksUsed } = this.model.stats();
    return running + waiting + kvBlocksUsed;
  }

  async #ask(request: NativeRequest, wanted: readonly StepEvent[], stopAfter: number): Promise<void> {
    const stop = new AbortController();
    if (stopAfter === 0) stop.abort();
    const got: StepEvent[] = [];
    try {
      for await (const events of this.model.run(request, stop.signal)) {
        got.push(...events);
        if (got.length >= stopAfter) stop.abort();
      }
    } catch {
      this.wrong++; // a reply that fails is none
      return;
    }
    const cancelled = got.at(-1)?.finish === 'cancelled';
    if (cancelled) this.cancelled++;
    else this.replies++;
    if (!isSame(cancelled ? got.slice(0, -1) : got, cancelled ? wanted.slice(0, got.length - 1) : wanted)) this.wrong++;
  }
}

function isSame(got: readonly StepEvent[], wanted: readonly StepEvent[]): boolean {
  return (
    got.length === wanted.length &&
    got.every(({ token, finish }, i) => token === wanted[i]?.token && finish === wanted[i]?.finish)
  );
}

async function replyOf(model: ModelRequests, request: NativeRequest): Promise<StepEvent[]> {
  const all: StepEvent[] = [];
  for await (const events of model.run(request)) all.push(...events);
  return all;
}

/** Prompts of every length, most of which begin as others do; replies of every length, drawn in every way. */
function randomRequests(vocabSize: number, count: number): NativeRequest[] {
  const random = new Random(7);
  const personas = [20, 55, 90].map((tokens, i) => tokensOf(vocabSize, tokens, i));
  return Array.from({ length: count }, (_, i) => {
    const own = tokensOf(vocabSize, 1 + random.below(80), 100 + i);
    const prompt = [...(random.below(4) === 0 ? [] : (personas[random.below(3)] ?? [])), ...own];
    const request = requestOf(prompt, 1 + random.below(LONGEST - 170), i);
    Object.assign(request.sampling, {
      ...{ temperature: i % 5 ? 0.9 : 0, topK: i % 3 ? 40 : 0, topP: i % 4 ? 1 : 0.9, minP: i % 6 ? 0 : 0.05 },
      ...{ repetitionPenalty: i % 2 ? 1.1 : 1, dryMultiplier: i % 7 ? 0 : 0.8, dryBase: 1.75, dryAllowedLength: 2 },
    });
    const stopTokens = Int32Array.of(4 + (i % (vocabSize - 4)));
    return { ...request, stopTokens, priority: i % 8 ? 'normal' : 'low' };
  });
}

function rowsOf(course: Course, early: number, late: number): BenchRow[] {
  const { replies, cancelled, wrong, leftBehind, model } = course;
  const { longestIdle, preempted, prefixHits, prefixMisses, steps } = model.stats();
  const none = (name: string, value: number) => ({ name, value, unit: '', required: 'none', holds: value === 0 });
  const growth = late / early;
  return [
    { name: 'replies', value: replies, unit: '' },
    { name: 'cancelled', value: cancelled, unit: '' },
    { name: 'steps', value: steps, unit: '' },
    { name: 'times that a request gave way', value: preempted, unit: '' },
    { name: 'prompt tokens from the prefix cache', value: (100 * prefixHits) / (prefixHits + prefixMisses), unit: '%' },
    none('replies other than alone', wrong),
    none('requests and blocks left behind', leftBehind),
    {
      ...{ name: 'longest time without a part in a step', value: longestIdle, unit: 'steps' },
      ...{ bar: STALL_BAR, required: `<= ${STALL_BAR}`, holds: longestIdle <= STALL_BAR },
    },
    {
      ...{ name: 'memory at the end', value: late / 2 ** 20, unit: 'MiB', limit: early / 2 ** 20, ratio: growth },
      ...{ bar: GROWTH_BAR, required: `<= ${GROWTH_BAR} x`, holds: growth <= GROWTH_BAR },
    },
  ];
}
