import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../random.ts';
import { configOf, EMBEDDING_MULTIPLIER, type Shape } from '../shape.ts';
import { roundBf16, toBf16 } from './bf16.ts';
import { fileName, type Parameter, parametersOf, scalesShape, size } from './parameters.ts';
import { type Part, parameterParts } from './pickle.ts';

/** What is written at once; a multiple of every width. */
const BLOCK = 8 << 20;

/** The standard deviation of an int8 that is evenly random. */
const INT8_DEVIATION = 73.9;

/**
 * Writes a model with random weights as xAI released Grok-1: `folder`/ckpt-0, and a config.json. The weights have such sizes that
 * activations stay near 1.
 *
 * @param onBytes - gets the bytes of all arrays that are written.
 */
export async function writeCheckpoint(
  folder: string,
  shape: Shape,
  seed: number,
  onBytes: (bytes: number) => void = () => {},
  signal?: AbortSignal,
): Promise<void> {
  let written = 0;
  const count = (bytes: number) => {
    written += bytes;
    onBytes(written);
  };
  await mkdir(join(folder, 'ckpt-0'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(configOf(shape), null, 1));
  for (const [index, parameter] of parametersOf(shape).entries()) {
    const random = new Random(seed * 10_007 + index + 1);
    const { shape: dims, groups } = parameter;
    const parts = parameterParts(dims, groups ? scalesShape(dims, groups) : undefined);
    await writeParts(join(folder, 'ckpt-0', fileName(index)), parts, fillers(parameter, random), count, signal);
  }
}

type Fill = (block: ArrayBuffer, bytes: number) => void;

async function writeParts(
  file: string,
  parts: readonly Part[],
  fill: Record<'weight' | 'scales', Fill>,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const handle = await open(file, 'w');
  try {
    const largest = Math.max(...parts.map((part) => ('array' in part ? part.bytes : 0)));
    const block = new ArrayBuffer(Math.min(BLOCK, Math.ceil(largest / 4) * 4));
    for (const part of parts) {
      if (!('array' in part)) {
        await handle.writeFile(part);
        continue;
      }
      for (let at = 0; at < part.bytes; at += BLOCK) {
        signal?.throwIfAborted();
        const bytes = Math.min(BLOCK, part.bytes - at);
        fill[part.array](block, bytes);
        await handle.writeFile(new Uint8Array(block, 0, bytes));
        onBytes(bytes);
      }
    }
  } finally {
    await handle.close();
  }
}

function fillers({ name, shape, groups }: Parameter, random: Random): Record<'weight' | 'scales', Fill> {
  const inputs = shape.at(-2) ?? 1;
  const scale = 1 / Math.sqrt(inputs) / INT8_DEVIATION;
  return {
    weight: groups
      ? (block, bytes) => random.fill(new Int32Array(block, 0, Math.ceil(bytes / 4)))
      : floats(name, random, shape),
    scales: (block, bytes) => {
      const scales = new Uint16Array(block, 0, bytes / 2);
      for (let i = 0; i < scales.length; i++) scales[i] = toBf16(scale * (1 + random.even() / 2));
    },
  };
}

/** Values that bfloat16 holds, so that conversion changes none. Norms about 1; an embedding that its multiplier brings to 1; a router whose logits differ by a few. */
function floats(name: string, random: Random, shape: readonly number[]): Fill {
  const norm = shape.length === 1;
  const deviation = name === 'embeddings' ? 1 / EMBEDDING_MULTIPLIER : 2 / Math.sqrt(size(shape) / (shape.at(-1) ?? 1));
  const spread = norm ? 0.5 : deviation * Math.sqrt(3);
  return (block, bytes) => {
    const values = new Float32Array(block, 0, bytes / 4);
    for (let i = 0; i < values.length; i++) values[i] = roundBf16((norm ? 1 : 0) + spread * random.even());
  };
}
