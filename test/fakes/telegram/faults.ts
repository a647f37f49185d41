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
  outage: 'none' | '502' | 'reset' = 'none';

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
  if (matcher === '*') return ({ method }) => method !== 'getUpdates';
  if (typeof matcher === 'string') return ({ method }) => method === matcher;
  return ({ method }) => matcher.test(method);
}
