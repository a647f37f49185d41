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
  | { kind: 'hang'; done: boolean; socket: 'open' | 'torn' };

/** A fault that was asked for. `hits` counts what it met; `stop` ends it. */
export interface Planned {
  readonly hits: number;
  stop(): void;
}

interface Plan {
  matches(request: Asked): boolean;
  fault: Fault;
  left: number;
  hits: number;
}

/** What a test wants to go wrong. */
export class Faults {
  readonly #plans: Plan[] = [];
  outage: 'none' | '503' | 'reset' = 'none';

  plan(matcher: Matcher, fault: Fault, times: number): Planned {
    const plan: Plan = { matches: compile(matcher), fault, left: times, hits: 0 };
    this.#plans.push(plan);
    return {
      get hits() {
        return plan.hits;
      },
      stop() {
        plan.left = 0;
      },
    };
  }

  /** The fault that a request meets, which is then used up once. */
  meet(request: Asked): Fault | undefined {
    const plan = this.#plans.find((one) => one.left > 0 && one.matches(request));
    if (!plan) return undefined;
    plan.left--;
    plan.hits++;
    return plan.fault;
  }
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
