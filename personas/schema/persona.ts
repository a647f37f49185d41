import { z } from 'zod';
import { because, mistake } from '../mistakes.ts';
import { avatar } from './avatar.ts';
import { lorebook } from './lorebook.ts';
import { name } from './name.ts';
import { refusals } from './refusals.ts';
import { sampling, samplingChange } from './sampling.ts';
import { exchange, lines, longText, shortLine, text } from './text.ts';

const language = z.enum(['en', 'zh']);
const platform = z.enum(['console', 'discord', 'telegram', 'web']);

const occasions = {
  error: lines,
  busy: lines,
  full: lines.optional(),
  empty: lines,
  refused: lines,
  cancelled: lines.optional(),
};
/** What a variant may bring of its own. */
const changeable = {
  profile: longText.describe('Who this is: third person, present tense, best below 80 words. May say {name}.'),
  frame: text.optional().describe('What kind of text this is, instead of the built-in sentence.'),
  examples: z.array(exchange).min(1).max(12).describe('The voice: 4 to 8 exchanges, the shortest first.'),
  greeting: text.describe('What it says when a chat begins.'),
  greetings: z.array(text).max(20).describe('Other greetings, of which one is taken.'),
  replyTokens: z.int().min(96).max(2048).optional().describe('The longest reply.'),
  stop: z.array(z.string().min(1).max(40)).max(8).optional().describe('Texts at which a reply ends.'),
  bannedPhrases: z.array(shortLine(80)).max(200).describe('What it never says, word for word.'),
};

/** The persona as it is on one platform, in one language, or both; what it does not say stays as it is. */
const variant = z
  .strictObject({
    platform: platform.optional(),
    language: language.optional(),
    ...z.strictObject(changeable).partial().shape,
    lines: z.strictObject(occasions).partial().optional(),
    sampling: samplingChange.optional(),
  })
  .refine((value) => value.platform !== undefined || value.language !== undefined, because(mistake('nowhere')));

const MOST_MOODS = 20;
const moodName = z.string().refine((value) => /^[\p{L}\p{N}_-]{1,24}$/u.test(value), because(mistake('moodName')));
const moods = z
  .record(moodName, samplingChange)
  .refine((value) => Object.keys(value).length <= MOST_MOODS, because(mistake('moods', { most: MOST_MOODS })));

/** What a persona file holds. Unknown keys are mistakes: a misspelt setting must not be ignored in silence. */
export const personaSchema = z.strictObject({
  name,
  description: shortLine(120).describe('One line for lists; the model never sees it.'),
  avatar: avatar.optional().describe('An https address, or a picture file beside this one.'),
  language: language.default('en'),
  nsfw: z.boolean().optional().describe('For adults: it speaks only where that is switched on.'),
  ...changeable,
  greetings: changeable.greetings.default([]),
  sampling: sampling.prefault({}),
  moods: moods.default({}).describe('Named changes of the sampling.'),
  bannedPhrases: changeable.bannedPhrases.default([]),
  lines: z.strictObject(occasions).describe('What it says by itself: one line, or a list of which one is taken.'),
  lorebook: lorebook.prefault({}).describe('What it knows, told when it is spoken of.'),
  refusals: refusals.prefault({}).describe('What it will have no part in.'),
  variants: z.array(variant).max(20).default([]).describe('What is different on one platform or in one language.'),
});

/** What a persona file says, defaults filled in. */
export type PersonaData = z.output<typeof personaSchema>;
/** A voice: who the bot is and how it talks. `id` is the name of its file. Not to be changed in place: a changed file makes a new one. */
export type Persona = PersonaData & { readonly id: string };
export type PersonaSampling = Persona['sampling'];
export type SamplingChange = z.output<typeof samplingChange>;
export type Language = Persona['language'];
export type Platform = z.output<typeof platform>;
export type Exchange = z.output<typeof exchange>;
