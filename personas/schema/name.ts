import { z } from 'zod';
import { cleanName, nameKey, reservedNames } from '../name.ts';

/** What may stand at the start of a chat line, and means nothing else there. */
export const name = z.string().superRefine((value, context) => {
  const clean = cleanName(value);
  const issue = (message: string) => context.addIssue({ code: 'custom', message });
  if (clean !== value) {
    const hint = clean === undefined ? '' : `; "${clean}" would do`;
    issue(
      `cannot be "${value}": letters, digits, space, _ and - can start a line of a chat, at most 24 of them${hint}`,
    );
  } else if (reservedNames.some((reserved) => nameKey(reserved) === nameKey(value))) {
    issue(`cannot be "${value}": that has a meaning of its own in the prompt`);
  }
});
