import type { Formatted } from '../text/entities.ts';

/** How long a draft is seen after its last frame, in milliseconds. */
export const DRAFT_MS = 30_000;

/** A message that is being written, as the user sees it grow. It is gone soon, unless it is refreshed or sent. */
export interface Draft extends Formatted {
  readonly id: number;
  /** The topic of a private chat; 0 without one. */
  readonly thread: number;
  /** When its last frame came, in milliseconds since 1970. */
  readonly at: number;
  /** How many frames it has had. */
  readonly frames: number;
  /** Whether the user is shown a button to stop it. */
  readonly canStop: boolean;
  readonly keepOnStop: boolean;
  readonly stopped: boolean;
}
