import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Activations, Addon, Device, Sampling } from '../addon.ts';
import { checkDevice } from '../native/device.ts';
import { loadAddon } from '../native/load.ts';
import { openModel } from '../native/open.ts';
import type { ModelRequests } from '../native/requests.ts';
import { checkBf16, checkBf16Model, checkF32, checkLogits, type Run } from './checks.ts';
import { type Form, findGolden, type Golden, type GoldenPrompt, readGolden } from './golden.ts';
import { formatModel, formatResult, type ModelReport, type Report, type Row } from './report.ts';

export interface VerifyOptions {
  activations: Activations;
  device: Device;
  /** Devices that share each model. Default: 1 */
  shards?: number;
  /** Gets the report line by line, each model's when it is done. */
  onLine?: (line: string) => void;
  addon?: Addon;
}

/** Always the likeliest token. */
const GREEDY: Sampling = {
  ...{ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 0 },
  ...{ dryMultiplier: 0, dryBase: 1, dryAllowedLength: 0 },
};

/** Models of golden vectors are tiny. */
const SMALL = { threads: 0, maxSequences: 4, context: 0 };

/** What golden.safetensors calls the logits of int8 x scale kept in float32. */
const UNROUNDED = 'logits_unrounded_dequant';

/**
 * Runs the engine over golden vectors and says how far it is from them. `dir` is a folder of golden vectors or holds such folders.
 * @throws WisecrackError WISECRACK_GOLDEN_INVALID, WISECRACK_DEVICE_MISSING, and what opening a model throws
 */
export async function verify(dir: string, options: VerifyOptions): Promise<Report> {
  const { activations, device, shards = 1, onLine = () => {}, addon = loadAddon() } = options;
  checkDevice(device, addon);
  const { folders, skipped } = await findGolden(dir);
  const models: ModelReport[] = [];
  for (const folder of folders) {
    const golden = await readGolden(folder);
    for (const form of golden.forms) {
      const model = await verifyForm(golden, form, options, addon);
      models.push(model);
      formatModel(model).forEach(onLine);
    }
  }
  const report = { activations, device, shards, models, skipped, ok: models.every((model) => model.ok) };
  formatResult(report).forEach(onLine);
  return report;
}

/** Checks the weights of a folder in one form. */
async function verifyForm(golden: Golden, form: Form, options: VerifyOptions, addon: Addon): Promise<ModelReport> {
  const title = golden.forms.length > 1 ? join(golden.folder, form) : golden.folder;
  return withForm(golden, form, async (folder) => {
    const { activations } = options;
    const rows = await runAll(folder, golden, options, addon);
    // The reference keeps the product of an int8 weight and its scale in bfloat16; the unrounded product has goldens of its own.
    const unrounded =
      activations === 'f32' ? golden.prompts.filter(({ name }) => golden.has(`${name}.${UNROUNDED}`)) : [];
    if (unrounded.length > 0) rows.push(...(await runUnrounded(folder, golden, unrounded, options, addon)));
    return { folder: title, rows, ok: rows.every((row) => row.ok !== false) };
  });
}

async function runAll(
  folder: string,
  golden: Golden,
  { activations, device, shards = 1 }: VerifyOptions,
  addon: Addon,
): Promise<Row[]> {
  const requests = await openModel({ folder, device, shards, activations, ...SMALL, addon });
  try {
    const runs: Run[] = [];
    for (const prompt of golden.prompts) runs.push(await runPrompt(requests, prompt));
    if (activations === 'f32') return runs.flatMap((run) => checkF32(golden, run));
    return [
      ...runs.flatMap((run) => checkBf16(golden, run, requests.config)),
      ...checkBf16Model(golden, runs, requests.config),
    ];
  } finally {
    await requests.close();
  }
}

async function runUnrounded(
  folder: string,
  golden: Golden,
  prompts: GoldenPrompt[],
  { device, shards = 1 }: VerifyOptions,
  addon: Addon,
): Promise<Row[]> {
  const requests = await openModel({
    folder,
    device,
    shards,
    activations: 'f32',
    ...SMALL,
    roundProduct: false,
    addon,
  });
  try {
    const rows: Row[] = [];
    for (const { name, tokens } of prompts) {
      const { logits } = await requests.model.trace(Int32Array.from(tokens), 0);
      rows.push(checkLogits(golden, name, UNROUNDED, logits));
    }
    return rows;
  } finally {
    await requests.close();
  }
}

/** Lends a folder in which the weights lie in one form only, so that there is no doubt about which are read. */
async function withForm<T>({ folder, forms }: Golden, form: Form, work: (folder: string) => Promise<T>): Promise<T> {
  if (forms.length === 1) return work(folder);
  const alone = await mkdtemp(join(tmpdir(), 'wisecrack-verify-'));
  try {
    for (const name of ['config.json', form]) await symlink(resolve(folder, name), join(alone, name));
    return await work(alone);
  } finally {
    await rm(alone, { recursive: true });
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
