import { z } from 'zod';
import { cleanName, nameKey, reservedNames } from './name.ts';

const text = z.string().trim().min(1).max(4000);
const oneLine = text.refine((value) => !value.includes('\n'), 'must be a single line');
/** One line, or several of which one is taken. */
const lines = z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(oneLine).min(1));

const name = z.string().superRefine((value, context) => {
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

/** How a persona's words are drawn. The defaults are the witty preset. */
const sampling = z.strictObject({
  temperature: z.number().min(0).max(2).default(1),
  topK: z.int().min(0).max(1000).default(0),
  topP: z.number().positive().max(1).default(1),
  minP: z.number().min(0).max(0.9).default(0.05),
  repetitionPenalty: z.number().min(1).max(1.5).default(1),
  dry: z
    .strictObject({
      multiplier: z.number().min(0).max(5).default(0.8),
      base: z.number().min(1).max(4).default(1.75),
      allowedLength: z.int().min(1).max(20).default(2),
    })
    .prefault({}),
});

/** What a persona file holds. Unknown keys are mistakes: a misspelt setting must not be ignored in silence. */
export const personaSchema = z.strictObject({
  name,
  description: z
    .string()
    .trim()
    .min(1)
    .max(120)
    .refine((value) => !value.includes('\n'), 'must be a single line'),
  language: z.enum(['en', 'zh']).default('en'),
  /** The address of its picture, for platforms that can show one. */
  avatar: z
    .url({ protocol: /^https$/ })
    .max(2000)
    .optional(),
  profile: text,
  frame: text.optional(),
  examples: z
    .array(z.strictObject({ user: text, reply: text }))
    .min(4)
    .max(12),
  greeting: text,
  sampling: sampling.prefault({}),
  replyTokens: z.int().min(96).max(2048).optional(),
  stop: z.array(z.string().min(1).max(40)).max(8).optional(),
  lines: z.strictObject({
    error: lines,
    busy: lines,
    empty: lines,
    refused: lines,
    cancelled: lines.optional(),
  }),
});

/** A voice: who the bot is and how it talks. `id` is the name of its file. Not to be changed in place: a changed file makes a new one. */
export type Persona = z.output<typeof personaSchema> & { readonly id: string };
export type PersonaSampling = Persona['sampling'];
export type Language = Persona['language'];
