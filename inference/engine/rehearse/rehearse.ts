import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { WisecrackError } from '../../../errors.ts';
import type { Activations, Device, NativeModel, Trace } from '../addon.ts';
import { convertModel } from '../convert.ts';
import { checkDevice } from '../native/device.ts';
import { openModel } from '../native/open.ts';
import type { Shape } from '../shape.ts';
import { type Distance, distance } from '../verify/compare.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { checkpointBytes } from './parameters.ts';
import { type Reference, reference } from './reference.ts';

export interface RehearseOptions {
  shape: Shape;
  /** Where the files are made; it is removed at the end. */
  folder: string;
  dtype: 'bf16' | 'int8';
  device: Device;
  signal: AbortSignal;
  /** What is being done, and how far it is: bytes where there are some to count. */
  onStep: (step: string, done: number, total: number) => void;
  /** Gets each figure when it is known. */
  onFigure: (figure: Figure) => void;
}

/** A figure for people. */
export interface Figure {
  name: string;
  value: number;
  unit: 'B' | 's' | 'B/s' | 'tokens/s' | '';
  /** What must hold; absent where nothing must. */
  bar?: number;
}

/** The tolerance of golden vectors for float32 activations (test/golden/README.md). */
const REL = 5e-5;
const SEED = 1;
const TOKENS = [3, 77, 1001];
/** Tokens that are read at once to see how fast that is: few, for a processor takes long with a layer of this size. */
const PROMPT = 16;
/** Logits of so many rows of the vocabulary are compared. */
const ROWS = 64;
const ROOM_TO_SPARE = 1e9;

/**
 * Makes a model of true shape with random weights in the released format, runs it as it is and converted, and compares both with a
 * reference of its own arithmetic.
 *
 * @returns whether all figures are within their bars.
 * @throws WisecrackError WISECRACK_DEVICE_MISSING, WISECRACK_CONVERT_FAILED where there is no room, and what converting and opening throw
 */
export async function rehearse(options: RehearseOptions): Promise<boolean> {
  const { shape, folder, dtype, device, signal, onStep, onFigure } = options;
  checkDevice(device);
  const [source, target] = [join(folder, 'released'), join(folder, 'converted')];
  const bytes = checkpointBytes(shape);
  await rm(folder, { recursive: true, force: true }); // what a kill left behind
  await mkdir(folder, { recursive: true });
  await checkRoom(folder, bytes * (dtype === 'bf16' ? 3 : 2) + ROOM_TO_SPARE);
  try {
    const writing = await timed(() =>
      writeCheckpoint(source, shape, SEED, (done) => onStep('Writing a checkpoint', done, bytes), signal),
    );
    onFigure({ name: 'released files', value: bytes, unit: 'B' });
    onFigure({ name: 'written', value: bytes / writing.seconds, unit: 'B/s' });

    const converting = await timed(() =>
      convertModel({
        ...{ source, target, dtype, shards: 0, threads: 0, signal },
        onProgress: (done, total) => onStep(`Converting to ${dtype}`, done, total),
      }),
    );
    onFigure({ name: `files in ${dtype}`, value: converting.result.bytes, unit: 'B' });
    onFigure({ name: 'converted', value: converting.result.bytes / converting.seconds, unit: 'B/s' });

    onStep('Computing the reference', 0, 1);
    const count = Math.min(ROWS, shape.vocabSize);
    const rows = Array.from({ length: count }, (_, i) => Math.floor((i * shape.vocabSize) / count));
    const tokens = TOKENS.map((token) => token % shape.vocabSize);
    const wanted = await timed(() => reference(source, shape, tokens, rows));
    onFigure({ name: 'reference', value: wanted.seconds, unit: 's' });

    const runs = { shape, device, tokens, rows, wanted: wanted.result, onStep, onFigure };
    const results: boolean[] = [];
    for (const [name, model] of [['released', source] as const, ['converted', target] as const]) {
      signal.throwIfAborted();
      results.push(await compareModel(name, model, runs));
      signal.throwIfAborted();
      await measureModel(name, model, runs);
    }
    return results.every(Boolean);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Runs {
  shape: Shape;
  device: Device;
  tokens: number[];
  rows: number[];
  wanted: Reference;
  onStep: RehearseOptions['onStep'];
  onFigure: RehearseOptions['onFigure'];
}

/** Every number in float32; whether all are near enough. */
async function compareModel(name: string, folder: string, runs: Runs): Promise<boolean> {
  const { shape, tokens, rows, wanted, onFigure } = runs;
  return withModel(name, folder, 'f32', runs, async (model) => {
    const trace = await model.trace(Int32Array.from(tokens), 0);
    const figures = compare(trace, shape, rows, wanted).map(
      ([what, { rel }]): Figure => ({ name: `${name}: ${what}`, value: rel, unit: '', bar: REL }),
    );
    figures.forEach(onFigure);
    // NaN is not near.
    return figures.every(({ value }) => value <= REL);
  });
}

/** The speed of the arithmetic that is used. */
async function measureModel(name: string, folder: string, runs: Runs): Promise<void> {
  const { shape, tokens, onFigure } = runs;
  await withModel(name, folder, 'bf16', runs, async (model) => {
    const one = await timed(() => model.trace(Int32Array.from(tokens), 1));
    onFigure({ name: `${name}: one by one`, value: tokens.length / one.seconds, unit: 'tokens/s' });
    const prompt = Int32Array.from({ length: PROMPT }, (_, i) => (i * 31) % shape.vocabSize);
    const all = await timed(() => model.trace(prompt, 0));
    onFigure({ name: `${name}: ${PROMPT} at once`, value: PROMPT / all.seconds, unit: 'tokens/s' });
  });
}

async function withModel<T>(
  name: string,
  folder: string,
  activations: Activations,
  { device, onStep, onFigure }: Runs,
  work: (model: NativeModel) => Promise<T>,
): Promise<T> {
  const opened = await timed(() =>
    openModel({
      ...{ folder, device, activations, threads: 0, maxSequences: 1, context: 256 },
      onProgress: (fraction) => onStep(`Loading the ${name} model`, fraction, 1),
    }),
  );
  onFigure({ name: `${name}: load`, value: opened.seconds, unit: 's' });
  try {
    onStep(`Running the ${name} model`, 0, 1);
    return await work(opened.result.model);
  } finally {
    await opened.result.close();
  }
}

/** How far the engine is from the reference. */
function compare(trace: Trace, shape: Shape, rows: number[], wanted: Reference): [string, Distance][] {
  const count = wanted.hidden.length;
  const hidden = trace.hidden.subarray(shape.numLayers * count * shape.embSize);
  const logits = wanted.logits.flatMap((_, t) =>
    rows.map((row) => trace.logits[t * shape.vocabSize + row] ?? Number.NaN),
  );
  const flat = (arrays: readonly Float64Array[]) => arrays.flatMap((array) => Array.from(array));
  return [
    ['residual stream', distance(hidden, flat(wanted.hidden))],
    ['router', distance(trace.routerProbs, flat(wanted.routerProbs.flat()))],
    [`logits of ${rows.length} rows`, distance(logits, flat(wanted.logits))],
  ];
}

async function checkRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const reason = `there is room for ${gigabytes(bavail * bsize)}, the rehearsal needs ${gigabytes(needed)}`;
  throw new WisecrackError('WISECRACK_CONVERT_FAILED', { folder, reason });
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}
