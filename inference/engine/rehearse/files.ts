import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shape } from '../shape.ts';
import { fromBf16, roundBf16 } from './bf16.ts';
import { addScaled } from './math.ts';
import { fileName, parametersOf, scalesShape } from './parameters.ts';
import { parameterParts } from './pickle.ts';

/** The arrays in the files of ckpt-0. Where they lie is known from how they were written. */
export class Files {
  readonly #folder: string;
  readonly #places = new Map<string, { file: string; weight: number; scales: number; groups: number }>();

  constructor(folder: string, shape: Shape) {
    this.#folder = folder;
    for (const [index, { name, shape: dims, groups }] of parametersOf(shape).entries()) {
      const place = { file: fileName(index), weight: 0, scales: 0, groups: groups ?? 0 };
      let at = 0;
      for (const part of parameterParts(dims, groups ? scalesShape(dims, groups) : undefined)) {
        if ('array' in part) place[part.array] = at;
        at += 'array' in part ? part.bytes : part.length;
      }
      this.#places.set(name, place);
    }
  }

  /** Values of a float32 array. */
  async floats(name: string, from: number, count: number): Promise<Float32Array> {
    const { file, weight } = this.#place(name);
    return this.#with(file, async (handle) => new Float32Array(await read(handle, weight + from * 4, count * 4)));
  }

  /** x [rows][inputs] times the quantized matrix [inputs, outputs] of that expert (0 where there are none). */
  multiply(name: string, expert: number, x: Float64Array[], inputs: number, outputs: number): Promise<Float64Array[]> {
    const { file, weight, scales, groups } = this.#place(name);
    return this.#with(file, async (handle) => {
      const y = x.map(() => new Float64Array(outputs));
      const halves = new Uint16Array(await read(handle, scales + expert * groups * outputs * 2, groups * outputs * 2));
      const scale = Float64Array.from(halves, fromBf16);
      const row = new Float64Array(outputs);
      const step = Math.min(inputs, 1024);
      for (let begin = 0; begin < inputs; begin += step) {
        const rows = Math.min(step, inputs - begin);
        const block = new Int8Array(await read(handle, weight + (expert * inputs + begin) * outputs, rows * outputs));
        for (let i = 0; i < rows; i++) {
          const group = Math.floor((begin + i) / (inputs / groups)) * outputs;
          for (let o = 0; o < outputs; o++) {
            row[o] = roundBf16((block[i * outputs + o] as number) * (scale[group + o] as number));
          }
          y.forEach((sums, t) => {
            addScaled(sums, x[t]?.[begin + i] as number, row);
          });
        }
      }
      return y;
    });
  }

  #place(name: string) {
    const place = this.#places.get(name);
    if (!place) throw new Error(`there is no parameter ${name}`);
    return place;
  }

  async #with<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
    const handle = await open(join(this.#folder, 'ckpt-0', file));
    try {
      return await work(handle);
    } finally {
      await handle.close();
    }
  }
}

async function read(handle: FileHandle, at: number, bytes: number): Promise<ArrayBuffer> {
  const buffer = new Uint8Array(bytes);
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await handle.read(buffer, done, bytes - done, at + done);
    if (bytesRead === 0) throw new Error('the file is too short');
    done += bytesRead;
  }
  return buffer.buffer;
}
