import { type BenchRow, median } from '../../../queue/measure.ts';
import type { EngineStats } from '../addon.ts';
import type { ModelRequests } from '../native/requests.ts';
import { requestOf, tokensOf } from './requests.ts';
import type { Subject } from './subject.ts';

const ROUNDS = 5;
/** Of a step's time, and of a toy's step in ms. */
const SHARE_BAR = 0.02;
const TOY_BAR_MS = 0.15;

/**
 * What a step costs beside the forward pass: scheduler, sampling, the way through Node. The time from token to token as JavaScript sees it,
 * less the forward pass in the same steps. A toy's steps are so short that JavaScript, at work on a core that the engine wants, slows
 * them down: there it is held against the same steps computed once more while JavaScript sleeps.
 */
export async function benchCost({ requests, judged }: Subject): Promise<BenchRow[]> {
  const count = judged ? 16 : Math.floor(requests.config.sequenceLen / 2);
  const steps: number[] = [];
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seen = await decode(requests, round, count);
    const alone = judged ? seen : await decode(requests, round, count, seen.elapsed);
    // The smallest of toys has said everything before JavaScript looks for the first time.
    if (seen.count === 0 || alone.count === 0) continue;
    steps.push(perStep(seen.elapsed, seen));
    costs.push(perStep(seen.elapsed, seen) - perStep(alone.forward, alone));
  }
  if (costs.length === 0) return [];
  const [value, step] = [median(costs), median(steps)];
  const ratio = value / step;
  const name = 'a step beside its forward pass';
  return judged
    ? [
        {
          ...{ name, value, unit: 'ms', limit: step, ratio },
          ...{ bar: SHARE_BAR, required: `<= ${SHARE_BAR * 100} %`, holds: ratio <= SHARE_BAR },
        },
      ]
    : [{ name, value, unit: 'ms', bar: TOY_BAR_MS, required: `<= ${TOY_BAR_MS} ms`, holds: value <= TOY_BAR_MS }];
}

/** Some steps of one sequence: how many, and what they and their forward passes took, in ms. */
interface Steps {
  count: number;
  elapsed: number;
  forward: number;
}

function perStep(ms: number, { count }: Steps): number {
  return ms / count;
}

/** Follows a reply for so many tokens, or does nothing at all for so long once it has begun. */
async function decode(requests: ModelRequests, seed: number, tokens: number, asleepMs?: number): Promise<Steps> {
  const { vocabSize, sequenceLen } = requests.config;
  const request = requestOf(tokensOf(vocabSize, 16, 200 + seed), sequenceLen - 32, seed);
  let from: Reading | undefined;
  let seen = 0;
  // Leaving the loop ends the reply, which would go on.
  for await (const events of requests.run(request)) {
    seen += events.length;
    from ??= read(requests.stats());
    if (asleepMs !== undefined) sleep(asleepMs);
    else if (seen <= tokens) continue;
    break;
  }
  const to = read(requests.stats());
  const { at = 0, steps = 0, forwardMs = 0 } = from ?? {};
  return { count: to.steps - steps, elapsed: to.at - at, forward: to.forwardMs - forwardMs };
}

interface Reading {
  at: number;
  steps: number;
  forwardMs: number;
}

function read({ steps, forwardMs }: EngineStats): Reading {
  return { at: performance.now(), steps, forwardMs };
}

/** JavaScript does nothing at all for so long. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
