import { PlannedFaults } from '../planned.ts';

/** A request as faults and the log see it. */
export interface Asked {
  readonly method: string;
  /** Without `/api/v10` and without the query. */
  readonly path: string;
  readonly body: unknown;
}

/** A string such as `PATCH /users/@me`, where a star is one part of the path; an expression over it; or a function. */
export type Matcher = string | RegExp | ((request: Asked) => boolean);

export type Fault =
  | { kind: 'answer'; status: number; code: number; message: string; retryAfterMs: number; global: boolean }
  /** The request is done, or not, and no answer comes: the socket stays open or is torn. */
  | { kind: 'hang'; done: boolean; socket: 'open' | 'torn' }
  /** The answer comes late and says what was true when the request was done, which was at once. */
  | { kind: 'slow'; ms: number };

/** What a test wants to go wrong. */
export class Faults extends PlannedFaults<Asked, Fault> {
  outage: 'none' | '503' | 'reset' = 'none';
}

/** Makes a matcher a function. */
export function compile(matcher: Matcher): (request: Asked) => boolean {
  if (typeof matcher === 'function') return matcher;
  const pattern =
    typeof matcher === 'string'
      ? new RegExp(`^${matcher.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]+')}$`)
      : matcher;
  return ({ method, path }) => pattern.test(`${method} ${path}`);
}
