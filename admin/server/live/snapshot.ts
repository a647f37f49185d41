import type { Heartbeat, Overview, Queue } from '../../../queue/index.ts';
import type { AdapterState, Snapshot, WorkerState } from '../../api/index.ts';

/** How long what costs many reads is believed, in ms. */
const SLOW_MS = 3000;

type Slow = Pick<
  Snapshot,
  'firstToken' | 'total' | 'wait' | 'repliesLastHour' | 'failedLastHour' | 'errors' | 'workers' | 'adapters'
>;

/** Puts the first screen's figures together. */
export class Snapshots {
  readonly #queue: Queue;
  #overview: Overview | undefined;
  #slow: { at: number; value: Promise<Slow> } | undefined;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  /** What the queue holds, as it has just been read. */
  seen(overview: Overview): void {
    this.#overview = overview;
  }

  async read(tokensPerSecond: number): Promise<Snapshot> {
    this.#overview ??= await this.#queue.overview();
    const { counts, oldestAt } = this.#overview;
    const [slow, [settings = {}]] = await Promise.all([this.#readSlow(), this.#queue.rules.read(['all'])]);
    const at = Date.now();
    return {
      at,
      queue: { ...counts, oldestWaitMs: oldestAt === undefined ? null : Math.max(0, at - oldestAt) },
      paused: settings.paused ?? false,
      draining: settings.draining ?? false,
      maintenance: settings.maintenance ?? null,
      tokensPerSecond: Math.round(tokensPerSecond * 10) / 10,
      ...slow,
    };
  }

  #readSlow(): Promise<Slow> {
    const now = performance.now();
    if (!this.#slow || now - this.#slow.at > SLOW_MS) {
      const value = this.#readFigures();
      // One that failed is not believed.
      value.catch(() => {
        this.#slow = undefined;
      });
      this.#slow = { at: now, value };
    }
    return this.#slow.value;
  }

  async #readFigures(): Promise<Slow> {
    const { statistics, heartbeats } = this.#queue;
    const [hour, errors, beats] = await Promise.all([statistics.lastHour(), statistics.failures(), heartbeats.list()]);
    return {
      firstToken: hour.firstToken,
      total: hour.total,
      wait: hour.wait,
      repliesLastHour: hour.replies,
      failedLastHour: hour.failed,
      errors,
      workers: beats.filter(({ kind }) => kind === 'worker').map(workerOf),
      adapters: beats.filter(({ kind }) => kind !== 'worker').map(adapterOf),
    };
  }
}

/** What a worker's heartbeat says; see EngineStats for its engine's words. */
export function workerOf(beat: Heartbeat): WorkerState {
  const { id, name, startedAt, model = '', slots, kind: _, ...said } = beat;
  const more: Record<string, unknown> = { ...said };
  const number = (field: string): number | null => {
    const value = more[field];
    delete more[field];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
  };
  // What a remote engine does not know it says to be 0.
  const some = (field: string): number | null => number(field) || null;
  const [hits, misses] = [number('prefixHits'), number('prefixMisses')];
  const read = (hits ?? 0) + (misses ?? 0);
  return {
    ...{ id, name, model, startedAt, slots: slots ?? null },
    ...{ running: number('running'), batch: number('batch'), stepMs: number('stepMs') },
    ...{ kvBlocks: some('kvBlocks'), kvBlocksUsed: number('kvBlocksUsed'), kvBlocksCached: number('kvBlocksCached') },
    prefixHitRate: hits === null || read === 0 ? null : hits / read,
    ...{ weightBytes: some('weightBytes'), kvBytes: some('kvBytes'), preempted: number('preempted') },
    ...{ threads: number('threads'), deviceBytes: some('deviceBytes'), deviceBytesUsed: number('deviceBytesUsed') },
    ...{ utilisation: number('utilisation'), more },
  };
}

function adapterOf({ id, name, startedAt, kind: _, ...more }: Heartbeat): AdapterState {
  return { id, name, startedAt, more };
}
