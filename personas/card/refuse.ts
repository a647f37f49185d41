import { reasonOf, WisecrackError } from '../../errors.ts';

/** A file of a stranger may be large, but not endless. */
export const MAX_FILE = 32 * 1024 * 1024;
/** The text of a card, unpacked. */
export const MAX_JSON = 4 * 1024 * 1024;
/** A picture inside a CHARX. */
export const MAX_IMAGE = 16 * 1024 * 1024;

/** @throws WisecrackError WISECRACK_CARD_INVALID, always. */
export function refuse(reason: string, cause?: unknown): never {
  throw new WisecrackError('WISECRACK_CARD_INVALID', { reason }, { cause });
}

/** What a library throws is a reason to refuse; what we refuse stays as it is. */
export function orRefuse<Value>(what: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof WisecrackError) throw error;
    return refuse(`${what}: ${reasonOf(error)}`, error);
  }
}
