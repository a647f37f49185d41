import type { ModelConfig, Trace } from '../addon.ts';
import { agreement, distance, mean, type PositionError, percentile, positionErrors } from './compare.ts';
import type { Golden, GoldenPrompt } from './golden.ts';
import { percent, type Row } from './report.ts';

/** What the README of the golden vectors asks for. */
const F32 = { rel: 5e-5, probs: 1e-4 };
const BF16 = { median: 0.08, p95: 0.4, argmax: 0.85, kl: 0.15 };

/** What the engine gave for one prompt. */
export interface Run {
  prompt: GoldenPrompt;
  prefill: Trace;
  steps: Trace;
  greedy: number[];
}

/** float32: every number, against the reference and the two passes against each other. */
export function checkF32(golden: Golden, { prompt, prefill, steps, greedy }: Run): Row[] {
  const { name } = prompt;
  const rows: Row[] = [];
  for (const [pass, trace] of [['prefill', prefill] as const, ['steps', steps] as const]) {
    const base = { prompt: name, pass };
    for (const [tensor, own] of [['logits', trace.logits] as const, ['hidden', trace.hidden] as const]) {
      const far = distance(own, golden.tensor(`${name}.${tensor}`, own.length).data);
      rows.push({ ...base, tensor, ...far, bar: `rel <= ${F32.rel.toExponential()}`, ok: far.rel <= F32.rel });
    }
    const probs = distance(trace.routerProbs, golden.tensor(`${name}.router_probs`, trace.routerProbs.length).data);
    rows.push({
      ...base,
      tensor: 'router_probs',
      ...probs,
      bar: `abs <= ${F32.probs.toExponential()}`,
      ok: probs.abs <= F32.probs,
    });
    const agree = agreement(trace.experts, golden.tensor(`${name}.experts`, trace.experts.length).data);
    rows.push({ ...base, tensor: 'experts', agree, bar: 'identical', ok: agree === 1 });
  }
  const between = distance(steps.logits, prefill.logits);
  rows.push({
    prompt: name,
    tensor: 'logits',
    pass: 'steps/prefill',
    ...between,
    bar: `rel <= ${F32.rel.toExponential()}`,
    ok: between.rel <= F32.rel,
  });
  const agree = agreement(greedy, prompt.greedy);
  rows.push({ prompt: name, tensor: 'greedy', pass: 'generate', agree, bar: 'identical', ok: agree === 1 });
  return rows;
}

/** float32: the logits of all positions against one tensor of the golden file. */
export function checkLogits(golden: Golden, prompt: string, tensor: string, own: Float32Array): Row {
  const far = distance(own, golden.tensor(`${prompt}.${tensor}`, own.length).data);
  return { prompt, tensor, pass: 'prefill', ...far, bar: `rel <= ${F32.rel.toExponential()}`, ok: far.rel <= F32.rel };
}

/** bfloat16: near-ties flip and change a position a lot, so single prompts are only shown; `checkBf16Model` judges them together. */
export function checkBf16(golden: Golden, { prompt, prefill, steps, greedy }: Run, config: ModelConfig): Row[] {
  const { name } = prompt;
  const rows: Row[] = [];
  for (const [pass, trace] of [['prefill', prefill] as const, ['steps', steps] as const]) {
    const base = { prompt: name, pass };
    const logits = golden.tensor(`${name}.logits`, trace.logits.length).data;
    const errors = positionErrors(trace.logits, logits, config.vocabSize);
    rows.push({
      ...base,
      tensor: 'logits',
      ...distance(trace.logits, logits),
      agree: argmax(errors),
      note: spread(errors),
    });
    if (golden.has(`${name}.logits_bf16`)) {
      const emulated = golden.tensor(`${name}.logits_bf16`, trace.logits.length).data;
      const near = positionErrors(trace.logits, emulated, config.vocabSize);
      rows.push({
        ...base,
        tensor: 'logits_bf16',
        ...distance(trace.logits, emulated),
        agree: argmax(near),
        note: spread(near),
      });
    }
    const hidden = golden.tensor(`${name}.hidden`, trace.hidden.length).data;
    rows.push({ ...base, tensor: 'hidden', ...distance(trace.hidden, hidden) });
    const probs = golden.tensor(`${name}.router_probs`, trace.routerProbs.length).data;
    rows.push({ ...base, tensor: 'router_probs', ...distance(trace.routerProbs, probs) });
    const experts = golden.tensor(`${name}.experts`, trace.experts.length).data;
    rows.push({ ...base, tensor: 'experts', agree: agreement(trace.experts, experts) });
  }
  rows.push({ prompt: name, tensor: 'greedy', pass: 'generate', agree: agreement(greedy, prompt.greedy) });
  return rows;
}

/** All prompts of a model together, as the tolerances for bfloat16 ask. */
export function checkBf16Model(golden: Golden, runs: readonly Run[], { vocabSize }: ModelConfig): Row[] {
  const rows: Row[] = [];
  const longest = runs.toSorted((a, b) => b.prompt.tokens.length - a.prompt.tokens.length).slice(0, 2);
  for (const pass of ['prefill', 'steps'] as const) {
    const errorsOf = (some: readonly Run[]) =>
      some.flatMap((run) =>
        positionErrors(
          run[pass].logits,
          golden.tensor(`${run.prompt.name}.logits`, run[pass].logits.length).data,
          vocabSize,
        ),
      );
    const errors = errorsOf(runs);
    const rms = errors.map((error) => error.rms);
    const [median, p95, kl] = [percentile(rms, 0.5), percentile(rms, 0.95), mean(errors.map((error) => error.kl))];
    const agree = argmax(errorsOf(longest));
    const base = { prompt: 'all', pass };
    rows.push(
      { ...base, tensor: 'logits rms median', rel: median, bar: `<= ${BF16.median}`, ok: median <= BF16.median },
      { ...base, tensor: 'logits rms p95', rel: p95, bar: `<= ${BF16.p95}`, ok: p95 <= BF16.p95 },
      { ...base, tensor: 'logits mean KL', abs: kl, bar: `<= ${BF16.kl}`, ok: kl <= BF16.kl },
      {
        ...base,
        prompt: longest.map((run) => run.prompt.name).join('+'),
        tensor: 'argmax',
        agree,
        bar: `>= ${percent(BF16.argmax)}`,
        ok: agree >= BF16.argmax,
      },
    );
  }
  return rows;
}

function argmax(errors: readonly PositionError[]): number {
  return mean(errors.map((error) => Number(error.sameArgmax)));
}

function spread(errors: readonly PositionError[]): string {
  const rms = errors.map((error) => error.rms);
  const kl = mean(errors.map((error) => error.kl));
  return `rms median ${percentile(rms, 0.5).toFixed(3)} p95 ${percentile(rms, 0.95).toFixed(3)}, KL ${kl.toFixed(4)}`;
}
