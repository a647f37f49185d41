import { type Said, sayer } from '../said.ts';

const parts = { profile: 'the profile', greeting: 'the greeting', otherGreeting: 'a greeting', example: 'an example' };

/** What of a card can be too long. */
export type Part = keyof typeof parts;

/**
 * The one catalogue of what is told to whoever imports a card: what was changed or left out. admin/web/api/cards.ts says the same in
 * Chinese, and does not compile while it lacks one.
 */
export const notes = {
  shortened: ({ part, taken, whole }: { part: Part; taken: number; whole: number }) =>
    `${parts[part]} is long: the first ${taken} of ${whole} characters were taken`,
  renamed: ({ from, to }: { from: string; to: string }) => `the name ${JSON.stringify(from)} became "${to}"`,
  moreExamples: ({ left, most }: { left: number; most: number }) => `${left} examples more than ${most} were left out`,
  orders: () => 'system_prompt and post_history_instructions are orders, which a base model does not follow: left out',
  loreLeft: ({ left, of }: { left: number; of: number }) =>
    `${left} of ${of} lorebook entries are off, empty, or called by patterns: left out`,
  macros: ({ macros }: { macros: readonly string[] }) =>
    `macros that mean nothing here stay as they are: ${macros.join(', ')}`,
  noProfile: () => 'there is no description: write a profile',
  noExamples: () => 'there are no examples: write some, they are the voice',
  filesLeft: ({ left, of }: { left: number; of: number }) => `${left} of ${of} files in the archive are not kept`,
  tooLargeToCarry: ({ file }: { file: string }) => `${file} is too large to be carried to other machines`,
} as const;

/** What was changed or left out, as any language can say it. */
export type Note = Said<typeof notes>;

export const note = sayer(notes);
