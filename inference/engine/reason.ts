import { z } from 'zod';
import { reasonOf } from '../../errors.ts';

/** What is wrong with a file that was read, parsed and checked, in one line. */
export function fileReason(error: unknown): string {
  return error instanceof z.ZodError
    ? z
        .prettifyError(error)
        .replaceAll(/^\u2716 /gm, '')
        .replaceAll(/\s*\n\s*/g, ' ')
    : reasonOf(error);
}
