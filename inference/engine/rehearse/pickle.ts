/**
 * Writes a parameter of xAI's checkpoint as Python's pickle (protocol 4) does: a float32 array, or a QuantizedWeight8bit of int8
 * weights and bfloat16 scales. The bytes are those of the released files.
 */

export type Shape = readonly number[];

/** Bytes of a file, or the place of an array's own bytes in it. */
export type Part = Uint8Array | { array: 'weight' | 'scales'; bytes: number };

/** Python writes bytes from this size on outside of its frames. */
const LARGE = 64 * 1024;

const BUILD = [0x62];
const STOP = [0x2e];
const MEMOIZE = [0x94];
const FALSE = [0x89];

/** The parts of a file in order. Without `scales` the weight is float32, with them int8. */
export function parameterParts(weight: Shape, scales?: Shape): Part[] {
  if (!scales) return frames([...array('weight', 'F32', weight), STOP]);
  return frames([
    ...named('__main__', 'QuantizedWeight8bit'),
    ...[[0x29, 0x81], MEMOIZE, [0x7d], MEMOIZE, [0x28]], // no arguments, NEWOBJ, an empty dictionary, a mark
    ...[text('weight'), MEMOIZE],
    ...array('weight', 'I8', weight),
    ...[text('scales'), MEMOIZE],
    ...array('scales', 'BF16', scales, true),
    ...[[0x75], BUILD, STOP], // SETITEMS
  ]);
}

type Op = readonly number[] | { array: 'weight' | 'scales'; bytes: number };

const WIDTH = { F32: 4, I8: 1, BF16: 2 } as const;
type DType = keyof typeof WIDTH;

/** numpy's _reconstruct(ndarray, (0,), b"b") and the state of the array; `second`: in a file that has one already. */
function array(name: 'weight' | 'scales', dtype: DType, shape: Shape, second = false): Op[] {
  const bytes = shape.reduce((product, n) => product * n, WIDTH[dtype]);
  const quantized = dtype !== 'F32';
  const callable: Op[] = second
    ? [get(8), get(11)]
    : [...named('numpy.core.multiarray', '_reconstruct'), ...named('numpy', 'ndarray')];
  return [
    ...callable,
    ...[integer(0), [0x85], MEMOIZE],
    ...(second ? [get(13)] : [[0x43, 1, 0x62], MEMOIZE]), // b"b"
    ...[[0x87], MEMOIZE, [0x52], MEMOIZE], // three arguments, REDUCE
    ...[[0x28], integer(1), ...shape.map(integer), [0x84 + shape.length], MEMOIZE],
    ...(second ? [get(18)] : [get(quantized ? 9 : 3), text('dtype'), MEMOIZE, [0x93], MEMOIZE]),
    ...(dtype === 'BF16' ? named('ml_dtypes', 'bfloat16') : [text(dtype === 'F32' ? 'f4' : 'i1'), MEMOIZE]),
    ...[FALSE, [0x88], [0x87], MEMOIZE, [0x52], MEMOIZE], // dtype(..., False, True)
    ...[[0x28], integer(3), text(dtype === 'I8' ? '|' : '<'), MEMOIZE, [0x4e, 0x4e, 0x4e]],
    ...(dtype === 'BF16' ? [integer(2), integer(2), integer(80)] : [integer(-1), integer(-1), integer(0)]),
    ...[[0x74], MEMOIZE, BUILD, FALSE],
    { array: name, bytes },
    ...[MEMOIZE, [0x74], MEMOIZE, BUILD],
  ];
}

function named(module: string, name: string): Op[] {
  return [text(module), MEMOIZE, text(name), MEMOIZE, [0x93], MEMOIZE];
}

function text(value: string): number[] {
  return [0x8c, value.length, ...Buffer.from(value)];
}

function get(index: number): number[] {
  return [0x68, index];
}

function integer(n: number): number[] {
  if (n >= 0 && n < 256) return [0x4b, n];
  if (n >= 0 && n < 65_536) return [0x4d, n & 255, n >> 8];
  return [0x4a, ...little(n, 4)];
}

function little(n: number, width: number): Buffer {
  const bytes = Buffer.alloc(width);
  if (width === 8) bytes.writeBigUInt64LE(BigInt(n));
  else bytes.writeInt32LE(n | 0);
  return bytes;
}

/** The opcode that says how many bytes follow. */
function bytesHeader(bytes: number): Uint8Array {
  if (bytes < 256) return Uint8Array.of(0x43, bytes);
  if (bytes <= 0xffff_ffff) return Uint8Array.of(0x42, ...little(bytes, 4));
  return Uint8Array.of(0x8e, ...little(bytes, 8));
}

function frames(ops: readonly Op[]): Part[] {
  const parts: Part[] = [Uint8Array.of(0x80, 4)];
  let frame: Part[] = [];
  const flush = () => {
    const length = frame.reduce((sum, part) => sum + ('array' in part ? part.bytes : part.length), 0);
    parts.push(Uint8Array.of(0x95, ...little(length, 8)), ...frame);
    frame = [];
  };
  for (const op of ops) {
    if (!('array' in op)) {
      frame.push(Uint8Array.from(op));
    } else if (op.bytes < LARGE) {
      frame.push(bytesHeader(op.bytes), op);
    } else {
      flush();
      parts.push(bytesHeader(op.bytes), op);
    }
  }
  flush();
  return parts;
}
