import type { EngineStats } from '../addon.ts';
import { requestOf, tokensOf } from './requests.ts';
import { type BenchRow, median } from './row.ts';
import type { Subject } from './subject.ts';

const ROUNDS = 5;
/** Of a step's time, and of a toy's step in ms. */
const SHARE_BAR = 0.02;
const TOY_BAR_MS = 0.15;

/**
 * What a step costs beside the forward pass: scheduler, sampling, the way through Node. The time from token to token as JavaScript sees it,
 * less the forward pass in the same steps. A toy's steps are so short that JavaScript, at work on a core that the engine wants, slows
 * them down: there it is held against steps that are computed while JavaScript sleeps.
 */
export async function benchCost({ requests, judged }: Subject): Promise<BenchRow[]> {
  const { vocabSize, sequenceLen } = requests.config;
  const half = judged ? 16 : Math.floor(sequenceLen / 4);
  const steps: number[] = [];
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // The reply would go on after both halves; leaving the loop ends it.
    const request = requestOf(tokensOf(vocabSize, 16, 200 + round), sequenceLen - 32, round);
    let began: Reading | undefined;
    let tokens = 0;
    for await (const events of requests.run(request)) {
      tokens += events.length;
      began ??= read(requests.stats());
      if (tokens <= half) continue;
      const awake = read(requests.stats());
      const seen = per(began, awake).elapsed;
      if (!judged) sleep(awake.at - began.at);
      const alone = judged ? per(began, awake) : per(awake, read(requests.stats()));
      steps.push(seen);
      costs.push(seen - alone.forward);
      break;
    }
  }
  const [value, step] = [median(costs), median(steps)];
  const ratio = value / step;
  const name = 'a step beside its forward pass';
  return judged
    ? [
        {
          name,
          value,
          unit: 'ms',
          limit: step,
          ratio,
          bar: SHARE_BAR,
          required: `<= ${SHARE_BAR * 100} %`,
          holds: ratio <= SHARE_BAR,
        },
      ]
    : [{ name, value, unit: 'ms', bar: TOY_BAR_MS, required: `<= ${TOY_BAR_MS} ms`, holds: value <= TOY_BAR_MS }];
}

interface Reading {
  at: number;
  steps: number;
  forwardMs: number;
}

function read({ steps, forwardMs }: EngineStats): Reading {
  return { at: performance.now(), steps, forwardMs };
}

/** For each step between two readings, in ms. */
function per(from: Reading, to: Reading): { elapsed: number; forward: number } {
  const steps = to.steps - from.steps;
  return { elapsed: (to.at - from.at) / steps, forward: (to.forwardMs - from.forwardMs) / steps };
}

/** JavaScript does nothing at all for so long. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
