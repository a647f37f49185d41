import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Queue } from '../../../queue/index.ts';
import type { WorkerState } from '../../api/now.ts';
import type { Context } from '../context.ts';
import type { Site } from '../http/serve.ts';
import { workerOf } from '../live/snapshot.ts';

/** What a worker says that a graph can show. */
const OF_WORKERS = {
  running: 'Requests in the engine',
  batch: 'Requests in the last step',
  stepMs: 'Duration of the last step in ms',
  kvBlocks: 'Blocks of keys and values',
  kvBlocksUsed: 'Blocks that requests hold',
  kvBlocksCached: 'Blocks kept for prompts to come',
  prefixHitRate: 'Share of prompt tokens that the prefix cache had',
  weightBytes: 'Bytes of the weights',
  kvBytes: 'Bytes of keys and values',
  utilisation: 'Share of the time that the device computes',
  deviceBytes: 'Bytes of memory that the device has',
  deviceBytesUsed: 'Bytes of it that are taken',
} as const satisfies Partial<Record<keyof WorkerState, string>>;

/** Figures for Prometheus, read when it asks. */
export function addMetrics({ app, gate }: Site, { queue, streams }: Context): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'wisecrack_admin_' });
  const set = collector(registry, queue, () => streams.size);
  app.get(
    '/metrics',
    { onRequest: (request) => gate.check(request, 'viewer'), schema: { hide: true } },
    async (_request, reply) => {
      await set();
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  );
}

function collector(registry: Registry, queue: Queue, viewers: () => number): () => Promise<void> {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge<Label>({ name: `wisecrack_${name}`, help, labelNames, registers: [registry] });
  const jobs = gauge('jobs', 'Jobs in the queue', ['state']);
  const oldest = gauge('oldest_wait_seconds', 'How long the oldest job has waited');
  const hour = gauge('replies_last_hour', 'Replies that ended within the hour', ['finish']);
  const tokens = gauge('tokens_last_hour', 'Tokens within the hour', ['kind']);
  const durations = gauge('duration_last_hour_ms', 'Percentiles of the hour', ['what', 'quantile']);
  const alive = gauge('processes', 'Processes that live', ['kind', 'name']);
  const streams = gauge('admin_streams', 'Open streams of the dashboard');
  const workers = Object.entries(OF_WORKERS).map(
    ([field, help]) => [field as keyof typeof OF_WORKERS, gauge(`worker_${snake(field)}`, help, ['worker'])] as const,
  );
  return async () => {
    const [overview, figures, beats] = await Promise.all([
      queue.overview(),
      queue.statistics.lastHour(),
      queue.heartbeats.list(),
    ]);
    for (const [state, count] of Object.entries(overview.counts)) jobs.set({ state }, count);
    oldest.set(overview.oldestAt === undefined ? 0 : Math.max(0, (Date.now() - overview.oldestAt) / 1000));
    hour.set({ finish: 'all' }, figures.replies);
    hour.set({ finish: 'failed' }, figures.failed);
    hour.set({ finish: 'cancelled' }, figures.cancelled);
    tokens.set({ kind: 'prompt' }, figures.promptTokens);
    tokens.set({ kind: 'reply' }, figures.replyTokens);
    // What is not there any more is not shown with its last value.
    for (const metric of [durations, alive, ...workers.map(([, it]) => it)]) metric.reset();
    for (const what of ['wait', 'firstToken', 'total'] as const) {
      const { p50, p95, p99 } = figures[what];
      for (const [quantile, value] of Object.entries({ 0.5: p50, 0.95: p95, 0.99: p99 })) {
        if (value !== null) durations.set({ what: snake(what), quantile }, value);
      }
    }
    for (const { kind, name } of beats) alive.inc({ kind, name });
    for (const state of beats.filter(({ kind }) => kind === 'worker').map(workerOf)) {
      for (const [field, metric] of workers) if (state[field] !== null) metric.set({ worker: state.id }, state[field]);
    }
    streams.set(viewers());
  };
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
