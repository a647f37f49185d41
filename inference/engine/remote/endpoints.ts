import { setTimeout as sleep } from 'node:timers/promises';
import { WisecrackError } from '../../../errors.ts';
import type { Endpoint } from './endpoint.ts';

/** So long a request waits for a server that rests; after that its job is tried again later. */
const WAIT_MS = 10_000;
/** How often it looks whether one has recovered. */
const LOOK_MS = 100;

/** Gives each request the server that has the least to do, among those that are well. */
export class Endpoints {
  readonly list: readonly Endpoint[];
  #turns = 0;

  constructor(list: readonly Endpoint[]) {
    this.list = list;
  }

  /**
   * A server for one request; give it back. One that `spared` names is only taken when no other is left.
   * @throws WisecrackError WISECRACK_REMOTE_UNREACHABLE when none is well in time; the signal's reason
   */
  async take(signal: AbortSignal, spared?: Endpoint): Promise<Endpoint> {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      const ready = this.list.filter((one) => one.readyAt(now) <= now);
      const others = ready.filter((one) => one !== spared);
      const [best] = (others.length > 0 ? others : ready).toSorted((a, b) => a.running - b.running || a.turn - b.turn);
      if (best) {
        best.running++;
        best.turn = ++this.#turns;
        return best;
      }
      const waitable = this.list.some((one) => one.readyAt(now) <= until || one.running > 0);
      if (!waitable || now >= until) throw this.#unreachable();
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  give(endpoint: Endpoint): void {
    endpoint.running--;
  }

  #unreachable(): WisecrackError {
    const reason = this.list
      .map(({ url, problem }) => (problem.includes(url) ? problem : `${url}: ${problem || 'it rests'}`))
      .join('; ');
    return new WisecrackError('WISECRACK_REMOTE_UNREACHABLE', { reason });
  }
}
