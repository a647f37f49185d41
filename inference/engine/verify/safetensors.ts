import { open } from 'node:fs/promises';
import { z } from 'zod';
import { fileReason } from '../reason.ts';

/** A tensor with its values: BF16 is widened to float32, which is exact. */
export interface Tensor {
  shape: readonly number[];
  data: Float32Array | Int32Array;
}

const Entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
type Entry = z.infer<typeof Entry>;

const BYTES: Record<string, number> = { F32: 4, I32: 4, BF16: 2 };
/** More than any header needs: a larger one is another file. */
const MAX_HEADER = 100 * 1024 * 1024;

/**
 * Reads all tensors of a safetensors file: 8 bytes with the length of the header, the header as JSON, then the values.
 * @throws Error that says what is wrong with the file.
 */
export async function readSafetensors(file: string): Promise<Map<string, Tensor>> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const read = async (at: number, length: number): Promise<DataView<ArrayBuffer>> => {
      if (at + length > size) throw new Error(`it ends at byte ${size}, but ${at + length} are needed`);
      const bytes = new Uint8Array(length);
      await handle.read(bytes, 0, length, at);
      return new DataView(bytes.buffer);
    };
    const length = Number((await read(0, 8)).getBigUint64(0, true));
    if (length > MAX_HEADER) throw new Error('it does not begin as a safetensors file does');
    const header = parseHeader(await read(8, length));
    const tensors = new Map<string, Tensor>();
    for (const [name, entry] of Object.entries(header)) {
      const bytes = checkedSize(name, entry);
      tensors.set(name, {
        shape: entry.shape,
        data: values(entry.dtype, await read(8 + length + entry.data_offsets[0], bytes)),
      });
    }
    return tensors;
  } finally {
    await handle.close();
  }
}

function parseHeader(bytes: DataView<ArrayBuffer>): Record<string, Entry> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error('its header is no JSON');
  }
  // __metadata__ is free text of whoever wrote the file.
  const { __metadata__, ...entries } = z.record(z.string(), z.unknown()).parse(json);
  const parsed = z.record(z.string(), Entry).safeParse(entries);
  if (!parsed.success) throw new Error(`its header is wrong: ${fileReason(parsed.error)}`);
  return parsed.data;
}

function checkedSize(name: string, { dtype, shape, data_offsets: [from, to] }: Entry): number {
  const width = BYTES[dtype];
  if (width === undefined) throw new Error(`${name} is ${dtype}; only ${Object.keys(BYTES).join(', ')} can be read`);
  const size = shape.reduce((product, dimension) => product * dimension, width);
  if (to - from !== size) {
    throw new Error(`${name} [${shape.join(', ')}] takes ${size} bytes, but the header gives it ${to - from}`);
  }
  return size;
}

/** The file is little-endian, and so is every machine that Node runs on today. */
function values(dtype: string, bytes: DataView<ArrayBuffer>): Float32Array | Int32Array {
  if (dtype === 'I32') return new Int32Array(bytes.buffer);
  if (dtype === 'F32') return new Float32Array(bytes.buffer);
  // BF16 is the upper half of a float32.
  const wide = Uint32Array.from(new Uint16Array(bytes.buffer), (half) => half << 16);
  return new Float32Array(wide.buffer);
}
