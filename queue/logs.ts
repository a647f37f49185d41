import { STAY } from './keys.ts';
import { LogLine, parseJson } from './schema/index.ts';
import type { Store } from './store.ts';
import type { KeptLine, Logs } from './types.ts';

/** How many lines are kept: of all, and of one trace. */
const KEPT = 10_000;
const KEPT_OF_TRACE = 200;
/** Lines that come together go together; what Redis does not take in time is dropped, the oldest first. */
const WAIT_MS = 200;
const MOST_WAITING = 2000;
/** A longer line is left out: it says what nobody can read anyway. */
const LONGEST = 16_000;

/** The last log lines of all processes, and those of each trace for two days. */
export function openLogs({ redis, connect, keys, onError }: Pick<Store, 'redis' | 'connect' | 'keys' | 'onError'>) {
  let waiting: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = [];
    if (lines.length === 0) return sending;
    const pipeline = redis.pipeline();
    for (const line of lines) {
      const trace = traceOf(line);
      pipeline.xadd(keys.logs, 'MAXLEN', '~', KEPT, '*', 'line', line);
      if (trace === undefined) continue;
      pipeline.xadd(keys.logsOf(trace), 'MAXLEN', KEPT_OF_TRACE, '*', 'line', line);
      pipeline.expire(keys.logsOf(trace), STAY.trace);
    }
    sending = Promise.resolve(pipeline.exec()).then(() => undefined, onError);
    return sending;
  };

  const logs: Logs = {
    write: (line) => {
      if (line.length > LONGEST) return;
      waiting.push(line.trimEnd());
      if (waiting.length > MOST_WAITING) waiting.shift();
      timer ??= setTimeout(flush, WAIT_MS).unref();
    },
    read: async ({ before = '+', most = 500 } = {}) => {
      const end = before === '+' ? '+' : `(${before}`;
      return (await redis.xrevrange(keys.logs, end, '-', 'COUNT', most)).map(keptLine);
    },
    ofTrace: async (trace) => (await redis.xrange(keys.logsOf(trace), '-', '+')).map(keptLine),
    tail: async function* (signal) {
      const connection = connect();
      const stop = () => connection.disconnect();
      signal.addEventListener('abort', stop, { once: true });
      try {
        let from = (await redis.xrevrange(keys.logs, '+', '-', 'COUNT', 1))[0]?.[0] ?? '0';
        while (!signal.aborted) {
          const read = await connection.xread('COUNT', 200, 'BLOCK', 5000, 'STREAMS', keys.logs, from);
          for (const entry of read?.[0]?.[1] ?? []) {
            from = entry[0];
            yield keptLine(entry);
          }
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        signal.removeEventListener('abort', stop);
        connection.disconnect();
      }
    },
  };
  return { logs, close: flush };
}

/** Found without parsing: lines are many. */
function traceOf(line: string): string | undefined {
  return /"trace":"([\w-]{1,64})"/.exec(line)?.[1];
}

function keptLine([id, fields]: [string, string[]]): KeptLine {
  return { id, at: Number(id.split('-')[0]), line: parseJson(LogLine, fields[1] ?? '', `log line ${id}`) };
}
