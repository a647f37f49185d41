import type { z } from 'zod';
import { keysAt, nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Says what is wrong in words for somebody who writes a persona, not for one who wrote the schema.
 *
 * @param value - what stands there; undefined when nothing does.
 */
export function describeIssue(issue: Issue, value: unknown): string {
  return `"${pathText(issue.path)}" ${value === undefined ? 'is missing' : complaint(issue, value)}`;
}

/** Says that a key is not known, and which one may have been meant. */
export function describeUnknownKey(path: Path, key: string): string {
  const known = keysAt(path);
  const meant = nearest(key, known);
  const help = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return `"${pathText([...path, key])}" is not known; ${help}`;
}

function complaint(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      if (value === null) return 'is empty';
      // YAML takes 42 for a number and true for a truth value.
      const hint = issue.expected === 'string' && typeof value !== 'object' ? ' (put it in quotes)' : '';
      return `must be ${kinds[issue.expected] ?? issue.expected}${hint}`;
    }
    case 'invalid_value':
      return `must be ${issue.values.map((allowed) => `"${String(allowed)}"`).join(' or ')}`;
    case 'invalid_key':
      return `has a name that ${issue.issues[0]?.message ?? 'cannot be used'}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    default:
      return issue.message;
  }
}

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a group of settings',
};

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 && relation === 'at least' ? 'must not be empty' : `may have ${relation} ${limit} characters`;
  if (origin === 'array') return `needs ${relation} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return `must be ${relation} ${limit}`;
}

/** `examples[2].reply`, counted from 1 as people do. */
function pathText(path: Path): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step + 1}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('');
}
