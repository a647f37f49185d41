const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The bfloat16 nearest to a finite number, ties to even, as 16 bits. */
export function toBf16(value: number): number {
  float[0] = value;
  const b = bits[0] as number;
  return (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
}

/** What 16 bits of bfloat16 mean. */
export function fromBf16(half: number): number {
  bits[0] = half << 16;
  return float[0] as number;
}

/** A number as bfloat16 keeps it. */
export function roundBf16(value: number): number {
  float[0] = value;
  const b = bits[0] as number;
  bits[0] = (b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000;
  return float[0] as number;
}
