import { WisecrackError } from '../../../errors.ts';
import type { Activations, Addon, Sampling } from '../addon.ts';
import { loadAddon } from '../native/load.ts';
import { openModel } from '../native/open.ts';
import type { ModelRequests } from '../native/requests.ts';
import { checkBf16, checkBf16Model, checkF32, type Run } from './checks.ts';
import { findGolden, type GoldenPrompt, readGolden } from './golden.ts';
import { formatModel, formatResult, type ModelReport, type Report } from './report.ts';

export interface VerifyOptions {
  activations: Activations;
  device: 'cpu' | 'cuda';
  /** Gets the report line by line, each model's when it is done. */
  onLine?: (line: string) => void;
  addon?: Addon;
}

/** Always the likeliest token. */
const GREEDY: Sampling = {
  ...{ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 },
  ...{ dryMultiplier: 0, dryBase: 1, dryAllowedLength: 0 },
};

/**
 * Runs the engine over golden vectors and says how far it is from them. `dir` is a folder of golden vectors or holds such folders.
 * @throws WisecrackError WISECRACK_GOLDEN_INVALID, WISECRACK_DEVICE_MISSING, and what opening a model throws
 */
export async function verify(dir: string, options: VerifyOptions): Promise<Report> {
  const { activations, device, onLine = () => {}, addon = loadAddon() } = options;
  checkDevice(addon, device);
  const { folders, skipped } = await findGolden(dir);
  const models: ModelReport[] = [];
  for (const folder of folders) {
    const model = await verifyModel(folder, options, addon);
    models.push(model);
    formatModel(model).forEach(onLine);
  }
  const report = { activations, device, models, skipped, ok: models.every((model) => model.ok) };
  formatResult(report).forEach(onLine);
  return report;
}

async function verifyModel(folder: string, { activations, device }: VerifyOptions, addon: Addon): Promise<ModelReport> {
  const golden = await readGolden(folder);
  const requests = await openModel({ folder, device, activations, threads: 0, maxSequences: 4, context: 0, addon });
  try {
    const runs: Run[] = [];
    for (const prompt of golden.prompts) runs.push(await runPrompt(requests, prompt));
    const rows =
      activations === 'f32'
        ? runs.flatMap((run) => checkF32(golden, run))
        : [
            ...runs.flatMap((run) => checkBf16(golden, run, requests.config)),
            ...checkBf16Model(golden, runs, requests.config),
          ];
    return { folder, rows, ok: rows.every((row) => row.ok !== false) };
  } finally {
    await requests.close();
  }
}

async function runPrompt(requests: ModelRequests, prompt: GoldenPrompt): Promise<Run> {
  const tokens = Int32Array.from(prompt.tokens);
  const { model } = requests;
  return {
    prompt,
    prefill: await model.trace(tokens, 0),
    steps: await model.trace(tokens, 1),
    greedy: await greedy(requests, tokens, prompt.greedy.length),
  };
}

/** The tokens as `generate` draws them, with nothing that ends or bends the reply. */
async function greedy(requests: ModelRequests, tokens: Int32Array, maxTokens: number): Promise<number[]> {
  const none = new Int32Array(0);
  const reply: number[] = [];
  const request = {
    ...{ tokens, resumed: 0, maxTokens, sampling: GREEDY, penaltyStart: tokens.length, minTokens: 0 },
    ...{ dryBreakers: none, stopTokens: none, bannedTokens: none, bannedFirst: none },
  };
  for await (const events of requests.run(request)) {
    for (const { token } of events) if (token >= 0) reply.push(token);
  }
  return reply;
}

/** Says at once, not with the first model, that there is no card. */
function checkDevice(addon: Addon, device: string): void {
  const { available, reason } = addon.features().cuda;
  if (device === 'cuda' && !available) throw new WisecrackError('WISECRACK_DEVICE_MISSING', { device, reason });
}
