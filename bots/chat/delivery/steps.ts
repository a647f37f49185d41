import type { DeliveredPart } from '../../../queue/index.ts';
import type { Kind } from './pace.ts';
import { fingerprint, type Wanted } from './view.ts';

/** One message of a reply, as this process knows it. */
export interface Part extends DeliveredPart {
  /** Whether Redis knows of it. */
  recorded: boolean;
  /** Whether it may have been sent although we have no id of it. */
  doubt: boolean;
  /** Fingerprint of what it shows; undefined when that is not sure. */
  shown?: string | undefined;
  shownText?: string | undefined;
  /** It can no longer be edited. */
  locked?: boolean;
}

/** What is to be done next so that a channel shows what it should. */
export type Step =
  | { type: 'send' | 'edit'; index: number; wanted: Wanted }
  | { type: 'remove'; index: number }
  /** Removes the message that a part has replaced. */
  | { type: 'clear'; index: number };

/**
 * The first thing to be done, in the order in which people read: a part loses its buttons before the next one comes.
 * `over`: nothing will change any more, so that what is too much may be removed.
 */
export function nextStep(
  parts: readonly (Part | undefined)[],
  wanted: readonly Wanted[],
  over: boolean,
): Step | undefined {
  for (const [index, want] of wanted.entries()) {
    const part = parts[index];
    if (part?.gone) continue;
    if (part?.message === undefined) return { type: 'send', index, wanted: want };
    if (part.locked && !over) continue;
    const print = fingerprint(want.view);
    if (part.shown === print || part.settled === print) continue;
    // It may have to be replaced once more: what it has replaced before must not be forgotten.
    if (over && part.old !== undefined) return { type: 'clear', index };
    return { type: 'edit', index, wanted: want };
  }
  if (!over) return undefined;
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index];
    if (part?.old !== undefined) return { type: 'clear', index };
    if (part && !part.gone && index >= wanted.length) return { type: 'remove', index };
  }
  return undefined;
}

/** Only more text at the end of a growing reply can be left out. */
export function kindOf(step: Step, over: boolean): Kind {
  return step.type === 'edit' && !step.wanted.final && !over ? 'frame' : 'must';
}
