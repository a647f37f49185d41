import { z } from 'zod';
import { ApiError, invalid, problem } from '../problems.ts';
import { checkComponents, componentSchema } from './components.ts';
import { allowedMentionsSchema } from './mentions.ts';
import { COMPONENTS_V2, type Embed } from './message.ts';

const LONGEST = 2000;

const embedSchema: z.ZodType<Embed> = z.looseObject({
  title: z.string().max(256).nullish(),
  description: z.string().max(4096).nullish(),
});

/** What a request says of a message. */
export const draftSchema = z.looseObject({
  content: z.string().max(LONGEST).nullish(),
  embeds: z.array(embedSchema).max(10).nullish(),
  components: z.array(componentSchema).nullish(),
  attachments: z.array(z.unknown()).nullish(),
  allowed_mentions: allowedMentionsSchema.nullish(),
  flags: z.number().int().nullish(),
  nonce: z.union([z.string().max(25), z.number()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z
    .looseObject({ message_id: z.string().optional(), fail_if_not_exists: z.boolean().optional() })
    .nullish(),
});

export type Draft = z.infer<typeof draftSchema>;

/** Reads a body in the form that Discord wants. @throws ApiError 50035 naming the first field that is wrong. */
export function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const read = schema.safeParse(body ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (!issue) throw new ApiError(400, 50035, 'Invalid Form Body');
  if (issue.code === 'too_big' && issue.origin === 'string') {
    throw invalid(issue.path, 'BASE_TYPE_MAX_LENGTH', `Must be ${issue.maximum} or fewer in length.`);
  }
  throw invalid(issue.path, 'BASE_TYPE_INVALID', issue.message);
}

/** What a message has before it is changed. */
type Standing = { [Key in 'content' | 'embeds' | 'components' | 'flags']?: Draft[Key] };

/**
 * The parts of a message, checked together. Discord trims what it is sent.
 *
 * @throws ApiError 50006 when nothing would be seen; 50035 when the parts do not go together.
 */
export function parts(draft: Draft, before: Standing = {}) {
  const content = (draft.content === undefined ? before.content : draft.content)?.trim() ?? '';
  const embeds = (draft.embeds === undefined ? before.embeds : draft.embeds) ?? [];
  const components = (draft.components === undefined ? before.components : draft.components) ?? [];
  const v2 = (((draft.flags ?? 0) | (before.flags ?? 0)) & COMPONENTS_V2) !== 0;
  checkComponents(components, v2);
  if (v2 && (content !== '' || embeds.length > 0)) {
    throw invalid(
      ['content'],
      'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
      'The content field cannot be used with components v2.',
    );
  }
  if (v2 ? components.length === 0 : content === '' && embeds.length === 0) throw problem('emptyMessage');
  return { content, embeds, components };
}
