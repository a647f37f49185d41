import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { BareQueue, type JobTimes } from './bare.ts';
import { percentile, removeKeys, roundTrip } from './measure.ts';
import { openQueue } from './queue.ts';
import type { Turn } from './schema/index.ts';
import type { Handler, Queue, RedisHandle } from './types.ts';

/** One measured figure beside what the machine can do at best, measured in the same run. */
export interface BenchRow {
  name: string;
  value: number;
  unit: 'ms' | '1/s';
  /** What it is held against: the same of a job of bare BullMQ, a bare round trip to Redis, or the rate of bare XADDs in a pipeline. */
  limit: number;
  /** value / limit. */
  ratio: number;
  /** What the ratio should be: at most for a latency, at least for a rate. */
  bar: number;
  holds: boolean;
}

/** How much is measured; the defaults take about ten seconds. */
export interface BenchOptions {
  jobs?: number;
  emptyJobs?: number;
  pieces?: number;
  cancels?: number;
}

const MESSAGE: Omit<Turn, 'id' | 'at'> = { role: 'user', author: { id: 'u', name: 'Ann' }, text: 'Hello' };

/** Measures the queue on a Redis, in keys of its own that it removes again. */
export async function benchQueue(redis: Pick<RedisHandle, 'connect'>, options: BenchOptions = {}): Promise<BenchRow[]> {
  const { jobs = 300, emptyJobs = 3000, pieces = 20_000, cancels = 50 } = options;
  const prefix = `bench-${randomUUID()}`;
  const raw = redis.connect();
  const queue = openQueue({ redis, prefix });
  try {
    const ping = await roundTrip(raw);
    const xadds = await rawRate(raw, `${prefix}:raw`, pieces);
    const bare = await BareQueue.open(redis, `${prefix}:bare`);
    const times = await measureJobs(queue, bare, jobs).finally(() => bare.close());
    const latency = (name: string, of: keyof JobTimes, percent: number, bar: number) => {
      const at = (all: JobTimes[]) =>
        percentile(
          all.map((one) => one[of]),
          percent,
        );
      return row(`submit to ${name}, p${percent}`, at(times.ours), 'ms', at(times.bare), bar);
    };
    const rate = (name: string, value: number, bar: number) => row(name, value, '1/s', xadds, bar);
    return [
      latency('handler', 'start', 50, 3),
      latency('handler', 'start', 99, 3),
      latency('followed end', 'end', 50, 3),
      latency('followed end', 'end', 99, 3),
      row('cancel to aborted signal, p50', percentile(await measureCancels(queue, cancels), 50), 'ms', ping, 10),
      rate('empty jobs', await measureEmpty(queue, emptyJobs), 0.03),
      rate('pieces, published one by one and followed', await measurePieces(queue, pieces), 0.15),
    ];
  } finally {
    await queue.close();
    await removeKeys(raw, prefix);
    raw.disconnect();
  }
}

function row(name: string, value: number, unit: BenchRow['unit'], limit: number, bar: number): BenchRow {
  const ratio = value / limit;
  return { name, value, unit, limit, ratio, bar, holds: unit === 'ms' ? ratio <= bar : ratio >= bar };
}

async function rawRate(raw: Redis, key: string, count: number): Promise<number> {
  const before = performance.now();
  for (let sent = 0; sent < count; sent += 500) {
    const pipeline = raw.pipeline();
    for (let at = 0; at < 500; at++) pipeline.xadd(key, '*', 'type', 'piece', 'text', 'word', 'tokens', '1');
    await pipeline.exec();
  }
  return (count / (performance.now() - before)) * 1000;
}

/** Submits one job; each has a conversation of its own. */
async function submit(queue: Queue): Promise<string> {
  const id = `bench:${randomUUID()}`;
  const job = { id, platform: 'bench', conversation: id, persona: 'wit' };
  await queue.submit({ ...MESSAGE, id, at: Date.now() }, job);
  return id;
}

async function withWorker<T>(queue: Queue, concurrency: number, handle: Handler, work: () => Promise<T>): Promise<T> {
  const worker = queue.startWorker({ concurrency, handle });
  await worker.ready();
  try {
    return await work();
  } finally {
    await worker.close({ handBackAfterMs: 0 });
  }
}

/** Jobs one after the other, one of bare BullMQ before each of ours: what slows the machine down slows both. */
async function measureJobs(queue: Queue, bare: BareQueue, jobs: number): Promise<Record<'ours' | 'bare', JobTimes[]>> {
  const times: Record<'ours' | 'bare', JobTimes[]> = { ours: [], bare: [] };
  let started = 0;
  const handle: Handler = async (_job, { publish }) => {
    started = performance.now();
    await publish('Hi', [1]);
    return { finish: 'stop', text: 'Hi' };
  };
  await withWorker(queue, 1, handle, async () => {
    for (let at = 0; at < jobs; at++) {
      // Workers wait blocked, as they do when a chat is quiet.
      await sleep(2);
      times.bare.push(await bare.job());
      await sleep(2);
      const before = performance.now();
      for await (const _ of queue.follow(await submit(queue)));
      times.ours.push({ start: started - before, end: performance.now() - before });
    }
  });
  return times;
}

async function measureEmpty(queue: Queue, jobs: number): Promise<number> {
  let done = 0;
  let finished = (_at: number) => {};
  const all = new Promise<number>((resolve) => {
    finished = resolve;
  });
  for (let sent = 0; sent < jobs; sent += 100) await Promise.all(Array.from({ length: 100 }, () => submit(queue)));
  const handle: Handler = async () => {
    if (++done === jobs) finished(performance.now());
    return { finish: 'stop', text: '' };
  };
  const before = performance.now();
  const last = await withWorker(queue, 32, handle, () => all);
  return (jobs / (last - before)) * 1000;
}

/** Eight replies at once, whose pieces are each waited for: the pace at which every piece is a command of its own. */
async function measurePieces(queue: Queue, pieces: number): Promise<number> {
  const each = pieces / 8;
  const handle: Handler = async (_job, { publish }) => {
    for (let at = 0; at < each; at++) await publish('word', [at]);
    return { finish: 'stop', text: '' };
  };
  return withWorker(queue, 8, handle, async () => {
    let seen = 0;
    const before = performance.now();
    const read = async () => {
      for await (const { type } of queue.follow(await submit(queue))) if (type === 'piece') seen++;
    };
    await Promise.all(Array.from({ length: 8 }, read));
    return (seen / (performance.now() - before)) * 1000;
  });
}

async function measureCancels(queue: Queue, cancels: number): Promise<number[]> {
  const times: number[] = [];
  let before = 0;
  const handle: Handler = async (_job, { publish, signal }) => {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await publish('Hi', [1]);
    await aborted;
    times.push(performance.now() - before);
    return { finish: 'cancelled', text: 'Hi' };
  };
  await withWorker(queue, 1, handle, async () => {
    for (let at = 0; at < cancels; at++) {
      const jobId = await submit(queue);
      for await (const { type } of queue.follow(jobId)) {
        if (type !== 'piece') continue;
        before = performance.now();
        await queue.cancel(jobId);
      }
    }
  });
  return times;
}
