import type { ModelConfig } from '../engine/addon.ts';
import { type Dtype, sizesOf } from './size.ts';

/** What it comes to when experts that the cards cannot hold stay in the host's memory. */
export interface Offloaded {
  /** Layers whose experts do. */
  readonly layers: number;
  /** Bytes of them, which the host's memory must hold. */
  readonly host: number;
  /** Bytes that cross to the cards for a token. */
  readonly crossing: number;
}

/** Experts that have a place on the card while they come and go (native/device/cuda/offloaded_experts.h: SLOTS). */
const SLOTS = 3;

/** @param room - bytes for weights on the cards @returns undefined where there is too little for all that is no expert */
export function offload(shape: ModelConfig, dtype: Dtype, room: number): Offloaded | undefined {
  const { expert, model } = sizesOf(shape, dtype);
  const { numLayers, numExperts, numSelectedExperts } = shape;
  const experts = numExperts * expert;
  const left = room - (model - numLayers * experts) - SLOTS * expert;
  if (left < 0) return undefined;
  const layers = numLayers - Math.min(numLayers, Math.floor(left / experts));
  return { layers, host: layers * experts, crossing: layers * numSelectedExperts * expert };
}
