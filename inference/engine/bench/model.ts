import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf, WisecrackError } from '../../../errors.ts';
import type { Addon } from '../addon.ts';
import { convertModel } from '../convert.ts';
import { Random } from '../random.ts';
import { configOf, type Shape } from '../shape.ts';
import { tensorsOf } from './shapes.ts';

/** Random weights are drawn once, so many, and every tensor takes its own from another place of them. */
const DRAWN = 1 << 22;
const DEVIATION = 0.02;

/**
 * Writes a model of this shape with random bf16 weights, unless `folder` has it already. What is cut short is made anew the next time.
 *
 * @param onProgress - 0..1, as the weights are written.
 * @throws WisecrackError WISECRACK_MODEL_INVALID when it cannot be written, for want of room above all.
 */
export async function makeModel(folder: string, shape: Shape, onProgress: (fraction: number) => void): Promise<void> {
  const file = join(folder, 'model.safetensors');
  if (existsSync(file)) return;
  const unfinished = `${file}.part`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'config.json'), JSON.stringify(configOf(shape), null, 1));
    await writeWeights(unfinished, shape, onProgress);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new WisecrackError('WISECRACK_MODEL_INVALID', { folder, reason: reasonOf(error) }, { cause: error });
  }
}

/**
 * Writes the int8 twin of a made model, as `wisecrack convert` does, unless `folder` has it already.
 *
 * @param source - where the bf16 model lies.
 * @throws WisecrackError what {@link convertModel} throws.
 */
export async function makeInt8(
  folder: string,
  source: string,
  onProgress: (fraction: number) => void,
  addon?: Addon,
): Promise<void> {
  if (existsSync(join(folder, 'model.safetensors'))) return;
  await convertModel({
    ...{ source, target: folder, dtype: 'int8', shards: 1, threads: 0, signal: new AbortController().signal },
    ...{ onProgress: (done, total) => onProgress(done / total), ...(addon && { addon }) },
  });
}

async function writeWeights(path: string, shape: Shape, onProgress: (fraction: number) => void): Promise<void> {
  const header: Record<string, object> = {};
  let size = 0;
  for (const [name, ...sizes] of tensorsOf(shape)) {
    const begin = size;
    size += 2 * count(sizes);
    header[name] = { dtype: 'BF16', shape: sizes, data_offsets: [begin, size] };
  }
  const text = JSON.stringify(header);
  const length = Buffer.alloc(8);
  // So that the weights begin on a cache line, as `wisecrack convert` has it.
  const head = Buffer.from(text.padEnd(Math.ceil((length.length + text.length) / 64) * 64 - length.length));
  length.writeBigUInt64LE(BigInt(head.length));

  const random = new Random(1); // the same weights on every machine
  const weights = normals(random);
  const file = await open(path, 'w');
  try {
    await file.writeFile(Buffer.concat([length, head]));
    let written = 0;
    for (const [, ...sizes] of tensorsOf(shape)) {
      const bytes = 2 * count(sizes);
      if (sizes.length === 1) {
        await file.writeFile(bf16(new Float32Array(count(sizes)).fill(1)));
      } else {
        for (let at = 0; at < bytes; ) {
          const from = 2 * Math.floor((random.part() * weights.length) / 4);
          const piece = weights.subarray(from, from + bytes - at);
          await file.writeFile(piece);
          at += piece.length;
          onProgress((written + at) / size);
        }
      }
      written += bytes;
    }
  } finally {
    await file.close();
  }
}

function count(sizes: number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}

/** Normally distributed (Box and Muller), as bf16. */
function normals(random: Random): Buffer {
  const values = new Float32Array(DRAWN);
  for (let i = 0; i < DRAWN; i += 2) {
    const radius = DEVIATION * Math.sqrt(-2 * Math.log(1 - random.part()));
    const angle = 2 * Math.PI * random.part();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return bf16(values);
}

/** The upper halves. */
function bf16(values: Float32Array): Buffer {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = Uint16Array.from(bits, (b) => b >>> 16);
  return Buffer.from(halves.buffer);
}
