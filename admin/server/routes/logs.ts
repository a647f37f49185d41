import type { KeptLine } from '../../../queue/index.ts';
import { type Level, type LogLine, logRoutes as routes } from '../../api/logs.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';
import { readLife } from './life.ts';
import { LEVELS, logLine } from './line.ts';

/** How many lines one request looks through. */
const LOOKED_AT = 5000;
const CHUNK = 500;

interface Filter {
  level: Level;
  adapter?: string | undefined;
  trace?: string | undefined;
  search?: string | undefined;
}

/** Log lines, and a reply's life. */
export function addLogs(site: Site, context: Context): void {
  const { queue, streams, tail } = context;

  serve(site, routes.logs, async ({ query: { cursor, limit, ...filter } }) => {
    const matches = filterOf(filter);
    // Those of one trace are kept apart, and longer.
    if (filter.trace !== undefined) {
      const lines = (await queue.logs.ofTrace(filter.trace)).map(logLine).filter(matches).reverse();
      return { lines: lines.slice(0, limit), next: null };
    }
    const found: LogLine[] = [];
    let before = cursor !== undefined && /^\d{1,16}-\d{1,9}$/.test(cursor) ? cursor : undefined;
    for (let seen = 0; seen < LOOKED_AT && found.length < limit; seen += CHUNK) {
      const chunk = await queue.logs.read({ most: CHUNK, ...(before !== undefined && { before }) });
      for (const kept of chunk) {
        if (found.length === limit) break;
        before = kept.id;
        const line = logLine(kept);
        if (matches(line)) found.push(line);
      }
      if (chunk.length < CHUNK && found.length < limit) return { lines: found, next: null };
    }
    return { lines: found, next: before ?? null };
  });

  streams.serve(site, routes.logEvents, async ({ query }, send, signal) => {
    const matches = filterOf(query);
    const hear = (kept: KeptLine) => {
      const line = logLine(kept);
      if (matches(line)) send('line', JSON.stringify(line));
    };
    await tail.hear(hear, signal);
  });

  serve(site, routes.life, async ({ params: { id } }) => {
    const life = await readLife(context, id, false);
    if (!life) throw notFound('such reply');
    return life;
  });

  serve(site, routes.revealLife, async ({ params: { id }, who }) => {
    const life = await readLife(context, id, true);
    if (!life) throw notFound('such reply');
    await queue.acts.note({ by: who.by, act: 'reply.reveal', target: life.jobId });
    return life;
  });
}

function filterOf({ level, adapter, trace, search }: Filter): (line: LogLine) => boolean {
  const words = search?.toLowerCase() ?? '';
  return (line) =>
    LEVELS[line.level] >= LEVELS[level] &&
    (adapter === undefined || line.adapter === adapter) &&
    (trace === undefined || line.trace === trace) &&
    (words === '' || `${line.message} ${JSON.stringify(line.fields)}`.toLowerCase().includes(words));
}
