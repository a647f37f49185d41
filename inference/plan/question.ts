import type { ModelConfig } from '../engine/addon.ts';
import type { Machine } from './machine.ts';
import type { Dtype } from './size.ts';

/** What a plan is asked for. */
export interface Question {
  readonly shape: ModelConfig;
  readonly machine: Machine;
  readonly dtype: Dtype;
  /** Chats at once; as many as fit when left out. */
  readonly chats?: number | undefined;
  /** Tokens of each; a whole window when left out. */
  readonly context?: number | undefined;
}
