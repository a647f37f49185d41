import { reasonOf, WisecrackError } from '../../errors.ts';
import { reason, type reasons } from './reasons.ts';

/** A file of a stranger may be large, but not endless. */
export const MAX_FILE = 32 * 1024 * 1024;
/** The text of a card, unpacked. */
export const MAX_JSON = 4 * 1024 * 1024;
/** A picture inside a CHARX. */
export const MAX_IMAGE = 16 * 1024 * 1024;

/** @throws WisecrackError WISECRACK_CARD_INVALID, always. */
export function refuse<Code extends keyof typeof reasons>(
  code: Code,
  ...values: Parameters<(typeof reasons)[Code]>
): never {
  throw new WisecrackError('WISECRACK_CARD_INVALID', { reason: reason(code, ...values) });
}

/** What a library throws is a reason to refuse; what we refuse stays as it is. */
export function orRefuse<Value>(what: 'notUtf8' | 'brokenJson' | 'brokenArchive', work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof WisecrackError) throw error;
    const said = reason(what, { reason: reasonOf(error) });
    throw new WisecrackError('WISECRACK_CARD_INVALID', { reason: said }, { cause: error });
  }
}
