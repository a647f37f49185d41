import type { ModelRequests } from '../native/requests.ts';
import { requestOf, tokensOf } from './requests.ts';

/** What a load took, and what it gave. */
export interface Course {
  /** Tokens per second over all sequences, once each had its first. */
  tokensPerSecond: number;
  /** From the start to the last first token, in ms. */
  firstMs: number;
  /** Prompt and reply of each sequence. */
  tokens: Int32Array[];
}

/**
 * Runs so many requests at once, each with its own prompt. The same `seed` gives the same prompts and the same replies.
 *
 * @param prompt - tokens of each prompt
 * @param reply - tokens of each reply
 */
export async function runLoad(
  requests: ModelRequests,
  { sequences, prompt, reply, seed }: { sequences: number; prompt: number; reply: number; seed: number },
): Promise<Course> {
  const prompts = Array.from({ length: sequences }, (_, i) =>
    tokensOf(requests.config.vocabSize, prompt, seed * 1000 + i),
  );
  return runPrompts(requests, prompts, reply, seed * 1000);
}

/** Runs these prompts at once; each gets a reply of so many tokens, drawn with a seed of its own. */
export async function runPrompts(
  requests: ModelRequests,
  prompts: readonly (readonly number[])[],
  reply: number,
  seed: number,
): Promise<Course> {
  const start = performance.now();
  const runs = prompts.map(async (prompt, i) => {
    const request = requestOf(prompt, reply, seed + i);
    const times: number[] = [];
    const drawn: number[] = [];
    for await (const events of requests.run(request)) {
      const now = performance.now();
      for (const { token } of events) {
        if (token < 0) continue;
        times.push(now);
        drawn.push(token);
      }
    }
    return { times, tokens: Int32Array.of(...request.tokens, ...drawn) };
  });
  const done = await Promise.all(runs);
  const times = done.flatMap((run) => run.times);
  const began = Math.max(...done.map((run) => run.times[0] ?? Number.NaN));
  const end = Math.max(...times);
  // A toy's whole reply may come in one call.
  const from = end > began ? began : start;
  return {
    tokensPerSecond: (1000 * times.filter((time) => time > from).length) / (end - from),
    firstMs: began - start,
    tokens: done.map(({ tokens }) => tokens),
  };
}

/**
 * Experts that a step of these sequences reads, each with a token of its own: chosen in a layer by anyone, added up over layers, as a mean
 * over the steps of their replies. Computed by tracing the sequences.
 */
export async function expertsRead(requests: ModelRequests, tokens: Int32Array[], prompt: number): Promise<number> {
  const { numLayers, numSelectedExperts } = requests.config;
  const read = new Set<string>();
  let steps = 0;
  for (const sequence of tokens) {
    const { experts } = await requests.model.trace(sequence, 0);
    steps = sequence.length - 1 - prompt;
    for (let layer = 0; layer < numLayers; layer++) {
      for (let at = prompt; at < sequence.length - 1; at++) {
        const from = (layer * sequence.length + at) * numSelectedExperts;
        for (const expert of experts.subarray(from, from + numSelectedExperts)) read.add(`${layer} ${at} ${expert}`);
      }
    }
  }
  return read.size / steps;
}
