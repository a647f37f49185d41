import { z } from 'zod';

/** How many patterns one scope may have. */
export const MOST_PATTERNS = 100;

/** Words and phrases, where `*` stands for anything within a line: no regular expressions, which can be written so that they never end. */
const pattern = z
  .string()
  .trim()
  .max(80)
  .regex(/[\p{L}\p{N}]/u, 'needs a letter or a digit')
  .regex(/^[^\n\r]*$/, 'must be one line');

/** Those of all scopes together: everybody, server, channel and thread. */
export const patterns = z.array(pattern).max(4 * MOST_PATTERNS);

/** Those of one scope. */
export const ownPatterns = patterns.max(MOST_PATTERNS);
