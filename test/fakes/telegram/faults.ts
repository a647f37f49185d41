import { PlannedFaults } from '../planned.ts';

/** A request as faults and the log see it. */
export interface Asked {
  /** E.g. `sendMessage`. */
  readonly method: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The name of a method, `*` for every one but getUpdates; an expression over the name; or a function. */
export type Matcher = string | RegExp | ((request: Asked) => boolean);

export type Fault =
  | { kind: 'answer'; code: number; description: string; parameters: Record<string, number> | undefined }
  /** The request is done, or not, and no answer comes: the socket stays open or is torn. */
  | { kind: 'hang'; done: boolean; socket: 'open' | 'torn' }
  /** The answer comes late; the request is done at once. */
  | { kind: 'slow'; ms: number };

/** What a test wants to go wrong. */
export class Faults extends PlannedFaults<Asked, Fault> {
  outage: 'none' | '502' | 'reset' = 'none';
}

/** Makes a matcher a function. */
export function compile(matcher: Matcher): (request: Asked) => boolean {
  if (typeof matcher === 'function') return matcher;
  if (matcher === '*') return ({ method }) => method !== 'getUpdates';
  if (typeof matcher === 'string') return ({ method }) => method === matcher;
  return ({ method }) => matcher.test(method);
}
