import { writeFile } from 'node:fs/promises';

/** A value of a GGUF file's metadata. */
export type Value =
  | { readonly u32: number }
  | { readonly f32: number }
  | { readonly bool: boolean }
  | { readonly text: string }
  | { readonly texts: readonly string[] }
  | { readonly f32s: readonly number[] }
  | { readonly i32s: readonly number[] };

/** A float32 tensor; `dims` as GGUF has them, the fastest first. */
export interface GgufTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

const VERSION = 3;
const ALIGNMENT = 32;
/** Numbers of the types, and of float32 among those of tensors (ggml/docs/gguf.md). */
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, array: 9 } as const;
const F32 = 0;

/** Writes a GGUF file: magic and counts, the metadata, where the tensors lie, the tensors. */
export async function writeGguf(
  file: string,
  values: Readonly<Record<string, Value>>,
  tensors: readonly GgufTensor[],
): Promise<void> {
  const entries = Object.entries(values);
  const parts = [Buffer.from('GGUF'), u32(VERSION), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) parts.push(text(key), ...encode(value));
  let at = 0;
  for (const { name, dims, data } of tensors) {
    parts.push(text(name), u32(dims.length), ...dims.map(u64), u32(F32), u64(at));
    at += aligned(data.byteLength);
  }
  parts.push(padding(parts.reduce((sum, { length }) => sum + length, 0)));
  for (const { data } of tensors) {
    parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength), padding(data.byteLength));
  }
  await writeFile(file, Buffer.concat(parts));
}

function encode(value: Value): Buffer[] {
  if ('u32' in value) return [u32(TYPE.u32), u32(value.u32)];
  if ('f32' in value) return [u32(TYPE.f32), f32(value.f32)];
  if ('bool' in value) return [u32(TYPE.bool), Buffer.of(value.bool ? 1 : 0)];
  if ('text' in value) return [u32(TYPE.text), text(value.text)];
  if ('texts' in value) return array(TYPE.text, value.texts.map(text));
  if ('f32s' in value) return array(TYPE.f32, value.f32s.map(f32));
  return array(TYPE.i32, value.i32s.map(u32));
}

function array(type: number, items: readonly Buffer[]): Buffer[] {
  return [u32(TYPE.array), u32(type), u64(items.length), ...items];
}

/** What is missing to the next place where a tensor may begin. */
const padding = (size: number) => Buffer.alloc(aligned(size) - size);
const aligned = (size: number) => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
