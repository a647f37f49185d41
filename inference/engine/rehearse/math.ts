/** The operations of model.py in double precision, as plain as they can be. */

/** model.py: RMSNorm. */
export function rmsNorm(x: Float64Array, scale: Float32Array): Float64Array {
  const factor = 1 / Math.sqrt(dot(x, x) / x.length + 1e-5);
  return x.map((value, i) => value * factor * (scale[i] as number));
}

/** RoPE: the first half of a head with the second. */
export function rotate(row: Float64Array, keySize: number, position: number): void {
  const half = keySize / 2;
  for (let head = 0; head < row.length; head += keySize) {
    for (let i = 0; i < half; i++) {
      const angle = position / 10_000 ** ((2 * i) / keySize);
      const [a, b] = [row[head + i] as number, row[head + half + i] as number];
      row[head + i] = a * Math.cos(angle) - b * Math.sin(angle);
      row[head + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
}

/** tanh GELU. */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

export function softmax(values: readonly number[]): number[] {
  const max = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The indices of the largest values, ties to the lower index. */
export function largest(values: Float64Array, count: number): number[] {
  return Array.from(values.keys())
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, count);
}

export function dot(a: Float64Array, b: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** y += a x */
export function addScaled(y: Float64Array, a: number, x: Float64Array): void {
  for (let i = 0; i < y.length; i++) y[i] = (y[i] as number) + a * (x[i] as number);
}

export function add(a: Float64Array[], b: Float64Array[]): Float64Array[] {
  return a.map((row, t) => row.map((value, i) => value + (b[t]?.[i] as number)));
}
