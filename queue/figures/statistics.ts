import type { ChainableCommander } from 'ioredis';
import { Failure, parse, parseJson, SpanFigures } from '../schema/index.ts';
import type { Store } from '../store.ts';
import type { Figured, SpanOfFigures, Statistics, Usage } from '../types.ts';
import { type Histogram, percentileOf } from './histogram.ts';
import { beginOf, lastSpans, SPAN_NAMES, SPANS, type SpanName, USAGE_SPANS } from './spans.ts';

const HOUR_MS = 60 * 60 * 1000;

/** What happened over time. Bounded: a span's figures are some hundred numbers, and go away by themselves. */
export function openStatistics({ redis, run, keys }: Pick<Store, 'redis' | 'run' | 'keys'>): Statistics {
  const readSpans = async (span: SpanName, now: number) => {
    const begins = lastSpans(span, now);
    const found = await pipelined<Record<string, string>>(redis.pipeline(), (pipeline) => {
      for (const from of begins) pipeline.hgetall(keys.figures(span, from));
    });
    return begins.map((from, at) => ({ from, fields: parse(SpanFigures, found[at] ?? {}, 'figures') }));
  };
  return {
    history: async (span, now = Date.now()) => {
      const spans = await readSpans(span, now);
      return spans.map(({ from, fields }): SpanOfFigures => ({ from, ...figured(fields) }));
    },
    lastHour: async (now = Date.now()) => {
      const sum: Record<string, number> = {};
      for (const { fields } of await readSpans('minute', now)) {
        for (const [name, value] of Object.entries(fields)) sum[name] = (sum[name] ?? 0) + value;
      }
      return figured(sum);
    },
    usage: async (by, span, { last = SPANS[span].shown, most = 100, now = Date.now() } = {}) => {
      const begins = lastSpans(span, now, last);
      const found = await pipelined<string[]>(redis.pipeline(), (pipeline) => {
        for (const what of ['tokens', 'replies'] as const) {
          for (const from of begins) pipeline.zrevrange(keys.usage(what, by, span, from), 0, -1, 'WITHSCORES');
        }
      });
      const rows = new Map<string, Usage>();
      for (const [at, flat] of found.entries()) {
        const what = at < begins.length ? 'tokens' : 'replies';
        for (let member = 0; member < flat.length; member += 2) {
          const key = flat[member] ?? '';
          const row = rows.get(key) ?? { key, tokens: 0, replies: 0 };
          row[what] += Number(flat[member + 1]);
          rows.set(key, row);
        }
      }
      return [...rows.values()].sort((a, b) => b.tokens - a.tokens || b.replies - a.replies).slice(0, most);
    },
    sample: async (values, now = Date.now()) => {
      const spans = SPAN_NAMES.map((span) => keys.figures(span, beginOf(span, now)));
      await run('sample-figures', spans, [
        ...SPAN_NAMES.map((span) => SPANS[span].staySeconds),
        ...Object.entries(values).flat(),
      ]);
    },
    failures: async ({ most = 50, now = Date.now() } = {}) => {
      const entries = await redis.xrevrange(keys.failures, '+', String(now - HOUR_MS), 'COUNT', most);
      return entries.map(([id, fields]) => parseJson(Failure, fields[1] ?? '', `failure ${id}`));
    },
    forget: async (user, now = Date.now()) => {
      await pipelined(redis.pipeline(), (pipeline) => {
        for (const span of USAGE_SPANS) {
          for (const from of lastSpans(span, now, SPANS[span].shown + 8)) {
            for (const what of ['tokens', 'replies'] as const)
              pipeline.zrem(keys.usage(what, 'user', span, from), user);
          }
        }
      });
    },
  };
}

async function pipelined<T>(pipeline: ChainableCommander, fill: (pipeline: ChainableCommander) => void): Promise<T[]> {
  fill(pipeline);
  return ((await pipeline.exec()) ?? []).map(([error, result]) => {
    if (error) throw error;
    return result as T;
  });
}

function figured(fields: Record<string, number>): Figured {
  const percentiles = (name: string) => {
    const histogram: Histogram = new Map();
    for (const [field, count] of Object.entries(fields)) {
      if (field.startsWith(`${name}:`)) histogram.set(Number(field.slice(name.length + 1)), count);
    }
    const [p50, p95, p99] = [50, 95, 99].map((percent) => percentileOf(histogram, percent));
    return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null };
  };
  const mean = (name: string) => {
    const count = fields[`${name}:count`] ?? 0;
    return count === 0 ? null : (fields[`${name}:sum`] ?? 0) / count;
  };
  return {
    replies: fields.replies ?? 0,
    failed: fields.failed ?? 0,
    cancelled: fields.cancelled ?? 0,
    promptTokens: fields.promptTokens ?? 0,
    replyTokens: fields.replyTokens ?? 0,
    wait: percentiles('wait'),
    firstToken: percentiles('first'),
    total: percentiles('total'),
    tokensPerSecond: mean('speed'),
    waiting: { mean: mean('waiting'), most: fields['waiting:most'] ?? null },
    running: { mean: mean('running'), most: fields['running:most'] ?? null },
    kvUsed: mean('kvUsed'),
  };
}
