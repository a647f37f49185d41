import { createHash } from 'node:crypto';
import type { Finish } from '../../../queue/index.ts';
import type { Button, View } from '../surface.ts';

/** Cuts one text into messages as it grows. `Splitter` of ../split is one. */
export interface TextSplitter {
  /**
   * The whole text so far, in order: each part's share, and whether it stays as it is however the text grows. The last one
   * may be blank.
   */
  update(text: string, state: { ended: boolean }): readonly { readonly text: string; readonly final: boolean }[];
}

export type OpenSplitter = (size: { limit: number; measure: (text: string) => number }) => TextSplitter;

/** A message as it should be, and whether that is for good. */
export interface Wanted {
  view: View;
  final: boolean;
}

/** The buttons below the last message of a reply that is over. */
export function buttonsAfter(finish: Finish): Button[] {
  return ['retry', ...(finish === 'length' ? (['continue'] as const) : []), 'up', 'down'];
}

/** Tells two views apart, in few bytes. */
export function fingerprint({ text, buttons, persona, file }: View): string {
  return createHash('sha256')
    .update(JSON.stringify([text, buttons, persona, ...(file ? [file] : [])]))
    .digest('base64url')
    .slice(0, 16);
}
