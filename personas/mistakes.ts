import type { ErrorCode } from 'yaml';
import { type Said, sayer } from './said.ts';

/** Which side of a limit a number, a length or a count must be on. */
export type Relation = 'least' | 'above' | 'most' | 'below';

const relations: Readonly<Record<Relation, string>> = {
  least: 'at least',
  above: 'more than',
  most: 'at most',
  below: 'less than',
};

/** What the parser can find wrong in YAML. */
export type YamlProblem = Exclude<ErrorCode, 'DUPLICATE_KEY'> | 'ALIASES';

/** A bound: what stands at it, and on which side. */
type Bound = { relation: Relation; limit: number };

/**
 * The one catalogue of what can be wrong with a persona's file. What is about a field goes on after its name: `"name" is missing`.
 * admin/web/api/mistakes.ts says the same in Chinese, and does not compile while it lacks one.
 */
export const mistakes = {
  missing: () => 'is missing',
  nothing: () => 'is empty',
  blank: () => 'must not be empty',
  /** `quotable`: YAML took it for a number or a truth value. */
  notText: ({ quotable }: { quotable: boolean }) => `must be text${quotable ? ' (put it in quotes)' : ''}`,
  notNumber: () => 'must be a number',
  notWhole: () => 'must be a whole number',
  notSwitch: () => 'must be true or false',
  notList: () => 'must be a list',
  notGroup: () => 'must be a group of settings',
  notAllowed: ({ allowed }: { allowed: readonly string[] }) => `must be ${allowed.map((it) => `"${it}"`).join(' or ')}`,
  length: ({ relation, limit }: Bound) => `may have ${relations[relation]} ${limit} characters`,
  entries: ({ relation, limit }: Bound) => `needs ${relations[relation]} ${limit} ${limit === 1 ? 'entry' : 'entries'}`,
  range: ({ relation, limit }: Bound) => `must be ${relations[relation]} ${limit}`,
  unknownKey: ({ known }: { known: readonly string[] }) => `is not known; known here: ${known.join(', ')}`,
  misspeltKey: ({ meant }: { meant: string }) => `is not known; did you mean "${meant}"?`,
  form: () => 'is not of the form that it must have',
  /** What no other sentence of ours is about. */
  unfit: () => 'is not what it must be',

  lineBreak: () => 'must be a single line',
  unfitPicture: () => 'must be an https address, or the name of a png, jpg, webp or gif file beside this one',
  /** `meant`: what of it would do. */
  unfitName: ({ name, meant }: { name: string; meant?: string }) => {
    const hint = meant === undefined ? '' : `; "${meant}" would do`;
    return `cannot be "${name}": letters, digits, space, _ and - can start a line of a chat, at most 24 of them${hint}`;
  },
  reservedName: ({ name }: { name: string }) => `cannot be "${name}": that has a meaning of its own in the prompt`,
  takenName: ({ by }: { by: string }) => `is taken by ${by}`,
  moodName: () => 'has a name that must be a word of letters, digits, _ and -, at most 24',
  moods: ({ most }: { most: number }) => `may have at most ${most} entries`,
  neverCalled: () => 'needs at least 1 entry, unless "constant" is true',
  wordless: () => 'needs a letter or a digit',
  nowhere: () => 'needs "platform", "language" or both: where it counts',

  fileName: () => 'the file name must be small letters, digits, _ and -, at most 32, e.g. my-bot.yaml',
  repeatedKey: () => 'this key is there twice',
  /** `reason` is the parser's own. */
  yaml: ({ reason }: { reason: string; problem: YamlProblem }) => `not valid YAML: ${reason}`,
  noSettings: () => 'the file must hold settings such as "name: Guide"; personas/README.md lists them',
  sameFile: ({ file }: { file: string }) => `${file} is the same persona with another ending`,
  sameName: ({ name, file }: { name: string; file: string }) => `the name "${name}" is taken by ${file}`,
  /** `reason` is the system's own. */
  unreadable: ({ reason }: { reason: string }) => `cannot be read: ${reason}`,
  noFolder: () => 'there is no such folder',
} as const;

/** What is wrong, as any language can say it. */
export type Mistake = Said<typeof mistakes>;

export const mistake = sayer(mistakes);

/** What a check of the schema says when it fails. */
export const because = (said: Mistake) => ({ message: said.message, params: { mistake: said } });
