import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig } from '../inference/engine/index.ts';
import { type Dtype, sizesOf, stepBytes } from '../inference/plan/index.ts';
import { bytesText } from './bytes.ts';
import { diskRate } from './disk-rate.ts';
import { duration } from './duration.ts';
import { weightFiles } from './model-files.ts';

/**
 * What to expect of a model whose weights do not fit the memory and come from the disk at each step. Reads a little of its largest file to
 * see how fast that is.
 *
 * @param weights - bytes of all
 */
export async function fromDiskText(folder: string, shape: ModelConfig, weights: number): Promise<string> {
  const bytes = stepBytes(shape, dtypeOf(shape, weights), 1);
  const rate = await rateOf(folder);
  const speed = rate === undefined ? '' : `, at ${bytesText(rate)}/s about ${duration(bytes / rate)}`;
  return `${bytesText(weights)} of weights do not fit the memory that is free: they are read from the disk as they are used. A token takes ${bytesText(bytes)}${speed}.`;
}

/** How fast a model's files are read from their disk, bytes/s; undefined when it cannot be measured. */
export function rateOf(folder: string): Promise<number | undefined> {
  const { file, size } = largest(folder);
  return diskRate(file, size);
}

/** How the weights lie, by what they take. */
export function dtypeOf(shape: ModelConfig, weights: number): Dtype {
  const off = (dtype: Dtype) => Math.abs(sizesOf(shape, dtype).model - weights);
  return off('int8') < off('bf16') ? 'int8' : 'bf16';
}

function largest(folder: string): { file: string; size: number } {
  const files = weightFiles(folder).map((name) => join(folder, name));
  const [first = { file: folder, size: 0 }] = files
    .map((file) => ({ file, size: statSync(file).size }))
    .toSorted((a, b) => b.size - a.size);
  return first;
}
