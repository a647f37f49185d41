import { z } from 'zod';
import { because, type Mistake, mistake } from '../mistakes.ts';
import { cleanName, nameKey, reservedNames } from '../name.ts';

/** What may stand at the start of a chat line, and means nothing else there. */
export const name = z.string().superRefine((value, context) => {
  const clean = cleanName(value);
  const issue = (said: Mistake) => context.addIssue({ code: 'custom', ...because(said) });
  if (clean !== value) issue(mistake('unfitName', { name: value, ...(clean !== undefined && { meant: clean }) }));
  else if (reservedNames.some((reserved) => nameKey(reserved) === nameKey(value))) {
    issue(mistake('reservedName', { name: value }));
  }
});
