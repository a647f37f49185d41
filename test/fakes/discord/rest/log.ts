import type { Asked } from '../faults.ts';

/** A request and what became of it. */
export interface Logged extends Asked {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** 0 while it has no answer. */
  status: number;
  /** Discord's JSON code of an error. */
  code?: number;
}
