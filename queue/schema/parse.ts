import type { z } from 'zod';
import { WisecrackError } from '../../errors.ts';

/** Checks `value` against the contract; what does not fit is a WISECRACK_JOB_INVALID that names `what` and the field. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const reason = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`).join('; ');
  throw new WisecrackError('WISECRACK_JOB_INVALID', { reason: `${what}: ${reason}` });
}

/** The same for what Redis holds as JSON. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, json: string, what: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new WisecrackError('WISECRACK_JOB_INVALID', { reason: `${what}: no JSON` });
  }
  return parse(schema, value, what);
}
