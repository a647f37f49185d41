/** A fault that was asked for. `hits` counts what it met; `stop` ends it. */
export interface Planned {
  readonly hits: number;
  stop(): void;
}

interface Plan<Asked, Fault> {
  matches(request: Asked): boolean;
  fault: Fault;
  left: number;
  hits: number;
}

/** What a test wants to go wrong with the requests of a platform. */
export class PlannedFaults<Asked, Fault> {
  readonly #plans: Plan<Asked, Fault>[] = [];

  plan(matches: (request: Asked) => boolean, fault: Fault, times: number): Planned {
    const plan: Plan<Asked, Fault> = { matches, fault, left: times, hits: 0 };
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
