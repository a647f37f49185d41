/** How far numbers are from what they should be. */
export interface Distance {
  /** Largest absolute difference. */
  abs: number;
  /** The same divided by the largest reference value. */
  rel: number;
}

type Numbers = ArrayLike<number>;

/** NaN anywhere makes both NaN, which meets no tolerance. */
export function distance(own: Numbers, reference: Numbers): Distance {
  let abs = 0;
  let largest = 0;
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs(at(own, i) - at(reference, i));
    if (!(difference <= abs)) abs = difference;
    if (Number.isNaN(abs)) break;
    largest = Math.max(largest, Math.abs(at(reference, i)));
  }
  return { abs, rel: abs === 0 ? 0 : abs / largest };
}

/** The fraction of values that are the same. */
export function agreement(own: Numbers, reference: Numbers): number {
  let same = 0;
  for (let i = 0; i < reference.length; i++) if (own[i] === reference[i]) same++;
  return reference.length === 0 ? 1 : same / reference.length;
}

/** How one position's logits differ: RMS of the error over RMS of the reference, whether the largest is the same, KL(reference, own). */
export interface PositionError {
  rms: number;
  sameArgmax: boolean;
  kl: number;
}

/** Compares logits position by position; `own` and `reference` are [positions, vocab]. */
export function positionErrors(own: Float32Array, reference: Numbers, vocab: number): PositionError[] {
  const errors: PositionError[] = [];
  for (let start = 0; start < reference.length; start += vocab) {
    let difference = 0;
    let energy = 0;
    let [ownBest, best] = [start, start];
    for (let i = start; i < start + vocab; i++) {
      difference += (at(own, i) - at(reference, i)) ** 2;
      energy += at(reference, i) ** 2;
      if (at(own, i) > at(own, ownBest)) ownBest = i;
      if (at(reference, i) > at(reference, best)) best = i;
    }
    errors.push({
      rms: Math.sqrt(difference / energy),
      sameArgmax: ownBest === best,
      kl: divergence(own, reference, start, start + vocab, at(own, ownBest), at(reference, best)),
    });
  }
  return errors;
}

function divergence(own: Numbers, reference: Numbers, from: number, to: number, ownMax: number, max: number): number {
  let [ownSum, sum, weighted] = [0, 0, 0];
  for (let i = from; i < to; i++) {
    const weight = Math.exp(at(reference, i) - max);
    ownSum += Math.exp(at(own, i) - ownMax);
    sum += weight;
    weighted += weight * (at(reference, i) - max - (at(own, i) - ownMax));
  }
  return weighted / sum + Math.log(ownSum) - Math.log(sum);
}

/** The value below which a share of the values lies, between two of them where it falls there. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = at(sorted, Math.floor(place));
  return below + (at(sorted, Math.ceil(place)) - below) * (place % 1);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function at(values: Numbers, index: number): number {
  return values[index] ?? Number.NaN;
}
