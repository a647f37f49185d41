import type { z } from 'zod';
import { type Mistake, mistake, type Relation } from './mistakes.ts';
import { keysAt, nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Says what is wrong in words for somebody who writes a persona, not for one who wrote the schema.
 *
 * @param value - what stands there; undefined when nothing does.
 */
export function describeIssue(issue: Issue, value: unknown): Mistake {
  return value === undefined ? mistake('missing') : complaint(issue, value);
}

/** Says that a key is not known, and which one may have been meant. */
export function describeUnknownKey(path: Path, key: string): Mistake {
  const known = keysAt(path);
  const meant = nearest(key, known);
  return meant === undefined ? mistake('unknownKey', { known }) : mistake('misspeltKey', { meant });
}

function complaint(issue: Issue, value: unknown): Mistake {
  switch (issue.code) {
    case 'invalid_type':
      if (value === null) return mistake('nothing');
      // YAML takes 42 for a number and true for a truth value.
      if (issue.expected === 'string') return mistake('notText', { quotable: typeof value !== 'object' });
      return mistake(kinds[issue.expected] ?? 'unfit');
    case 'invalid_value':
      return mistake('notAllowed', { allowed: issue.values.map(String) });
    case 'invalid_key':
      return issue.issues[0] ? complaint(issue.issues[0], value) : mistake('unfit');
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'above' : 'least', Number(issue.minimum));
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'below' : 'most', Number(issue.maximum));
    case 'invalid_format':
      return mistake('form');
    case 'custom':
      return (issue.params?.mistake as Mistake | undefined) ?? mistake('unfit');
    default:
      return mistake('unfit');
  }
}

const kinds: Readonly<Record<string, 'notNumber' | 'notWhole' | 'notSwitch' | 'notList' | 'notGroup'>> = {
  number: 'notNumber',
  int: 'notWhole',
  boolean: 'notSwitch',
  array: 'notList',
  object: 'notGroup',
  record: 'notGroup',
};

function bound(origin: string, relation: Relation, limit: number): Mistake {
  if (origin === 'string')
    return limit === 1 && relation === 'least' ? mistake('blank') : mistake('length', { relation, limit });
  return mistake(origin === 'array' ? 'entries' : 'range', { relation, limit });
}
