import { z } from 'zod';
import { because, mistake } from '../mistakes.ts';

/** Some text of a persona; what stands around it does not count. */
export const text = z.string().trim().min(1).max(4000);
/** The same, longer: a profile may come from a card that tells a whole life. The window says what fits. */
export const longText = z.string().trim().min(1).max(8000);

const single = because(mistake('lineBreak'));
export const oneLine = text.refine((value) => !value.includes('\n'), single);

/** A line of at most `max` characters. */
export function shortLine(max: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => !value.includes('\n'), single);
}

/** One line, or several of which one is taken. */
export const lines = z
  .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(oneLine).min(1).max(20))
  .meta({
    // What comes before the preprocessing, which a JSON Schema cannot see.
    anyOf: [
      { type: 'string', minLength: 1, maxLength: 4000 },
      { type: 'array', minItems: 1, maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 4000 } },
    ],
  });

/** A question and the answer that shows the voice. */
export const exchange = z.strictObject({ user: text, reply: text });
