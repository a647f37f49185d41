import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { WisecrackError } from '../../../errors.ts';
import type { Activations, Trace } from '../addon.ts';
import { convertModel } from '../convert.ts';
import { openModel } from '../native/open.ts';
import { type Distance, distance } from '../verify/compare.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { type Reference, reference } from './reference.ts';
import { checkpointBytes, type ModelShape } from './shape.ts';

export interface RehearseOptions {
  shape: ModelShape;
  /** Where the files are made; it is removed at the end. */
  folder: string;
  dtype: 'bf16' | 'int8';
  signal: AbortSignal;
  /** What is being done, and how far it is: bytes where there are some to count. */
  onStep: (step: string, done: number, total: number) => void;
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
/** Logits of so many rows of the vocabulary are compared. */
const ROWS = 64;
const ROOM_TO_SPARE = 1e9;

/**
 * Makes a model of true shape with random weights in the released format, runs it as it is and converted, and compares both with a
 * reference of its own arithmetic.
 *
 * @throws WisecrackError WISECRACK_CONVERT_FAILED where there is no room, and what converting and opening throw
 */
export async function rehearse(options: RehearseOptions): Promise<Figure[]> {
  const { shape, folder, dtype, signal, onStep } = options;
  const [source, target] = [join(folder, 'released'), join(folder, 'converted')];
  const bytes = checkpointBytes(shape);
  await mkdir(folder, { recursive: true });
  await checkRoom(folder, bytes * (dtype === 'bf16' ? 3 : 2) + ROOM_TO_SPARE);
  try {
    const figures: Figure[] = [{ name: 'released files', value: bytes, unit: 'B' }];
    const writing = await timed(() =>
      writeCheckpoint(source, shape, SEED, (done) => onStep('Writing a checkpoint', done, bytes), signal),
    );
    figures.push({ name: 'written', value: bytes / writing.seconds, unit: 'B/s' });

    const converting = await timed(() =>
      convertModel({
        ...{ source, target, dtype, shards: 0, threads: 0, signal },
        onProgress: (at, total) => onStep(`Converting to ${dtype}`, at, total),
      }),
    );
    figures.push({ name: `converted to ${dtype}`, value: converting.result.bytes, unit: 'B' });
    figures.push({ name: 'converted', value: converting.result.bytes / converting.seconds, unit: 'B/s' });

    onStep('Computing the reference', 0, 1);
    const rows = Array.from({ length: Math.min(ROWS, shape.vocab) }, (_, i) =>
      Math.floor((i * shape.vocab) / Math.min(ROWS, shape.vocab)),
    );
    const tokens = TOKENS.map((token) => token % shape.vocab);
    const wanted = await timed(() => reference(source, shape, tokens, rows));
    figures.push({ name: 'reference', value: wanted.seconds, unit: 's' });

    for (const [name, model] of [['released', source] as const, ['converted', target] as const]) {
      signal.throwIfAborted();
      figures.push(...(await runModel(name, model, { shape, tokens, rows, wanted: wanted.result, onStep })));
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Comparison {
  shape: ModelShape;
  tokens: number[];
  rows: number[];
  wanted: Reference;
  onStep: RehearseOptions['onStep'];
}

async function runModel(name: string, folder: string, comparison: Comparison): Promise<Figure[]> {
  const { shape, tokens, rows, wanted, onStep } = comparison;
  const open = (activations: Activations) =>
    openModel({
      ...{ folder, activations, threads: 0, maxSequences: 1, context: 256 },
      onProgress: (fraction) => onStep(`Loading the ${name} model`, fraction, 1),
    });
  const figures: Figure[] = [];
  const exact = await timed(() => open('f32'));
  figures.push({ name: `${name}: load`, value: exact.seconds, unit: 's' });
  try {
    onStep(`Running the ${name} model`, 0, 1);
    const trace = await exact.result.model.trace(Int32Array.from(tokens), 0);
    for (const [what, { rel }] of compare(trace, shape, rows, wanted)) {
      figures.push({ name: `${name}: ${what}`, value: rel, unit: '', bar: REL });
    }
  } finally {
    await exact.result.close();
  }
  const usual = await open('bf16');
  try {
    onStep(`Measuring the ${name} model`, 0, 1);
    const one = await timed(() => usual.model.trace(Int32Array.from(tokens), 1));
    figures.push({ name: `${name}: one by one`, value: tokens.length / one.seconds, unit: 'tokens/s' });
    const many = Int32Array.from({ length: 128 }, (_, i) => (i * 31) % shape.vocab);
    const all = await timed(() => usual.model.trace(many, 0));
    figures.push({ name: `${name}: 128 at once`, value: many.length / all.seconds, unit: 'tokens/s' });
  } finally {
    await usual.close();
  }
  return figures;
}

/** How far the engine is from the reference. */
function compare(trace: Trace, shape: ModelShape, rows: number[], wanted: Reference): [string, Distance][] {
  const count = wanted.hidden.length;
  const hidden = trace.hidden.subarray(shape.layers * count * shape.emb);
  const logits = wanted.logits.flatMap((_, t) => rows.map((row) => trace.logits[t * shape.vocab + row] ?? Number.NaN));
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
