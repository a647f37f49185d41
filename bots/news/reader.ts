import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../../errors.ts';
import type { Queue } from '../../queue/index.ts';
import { type FetchOptions, fetchFeed } from './fetch.ts';
import { headlinesOf } from './parse.ts';

/** How often feeds are read, in ms. */
const EVERY_MS = 15 * 60_000;

export interface NewsOptions {
  queue: Pick<Queue, 'news' | 'leases'>;
  /** Addresses of RSS, Atom, RDF or JSON feeds. */
  feeds: readonly string[];
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  everyMs?: number;
  mayConnect?: FetchOptions['mayConnect'];
}

/** Reads the feeds now and then, in one process at a time, until it is closed. A feed that fails is tried again the next time. */
export function startNews(options: NewsOptions): { close(): Promise<void> } {
  const ending = new AbortController();
  const running = run(options, ending.signal).catch((error) => {
    if (!ending.signal.aborted) options.log.warn({ error: reasonOf(error) }, 'no more news');
  });
  return {
    close: async () => {
      ending.abort();
      await running;
    },
  };
}

async function run(
  { queue, feeds, log, everyMs = EVERY_MS, mayConnect }: NewsOptions,
  ending: AbortSignal,
): Promise<void> {
  for (;;) {
    const lease = await queue.leases.take('news', { signal: ending });
    const signal = AbortSignal.any([ending, lease.lost]);
    try {
      while (!signal.aborted) {
        for (const feed of feeds) await readFeed(feed);
        await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    } finally {
      await lease.release();
    }
    ending.throwIfAborted();

    async function readFeed(feed: string): Promise<void> {
      if (signal.aborted) return;
      try {
        const state = await queue.news.state(feed);
        const fetched = await fetchFeed(feed, { state, signal, ...(mayConnect && { mayConnect }) });
        if (!fetched) return;
        const added = await queue.news.add(headlinesOf(fetched.text, Date.now()));
        // Only now: what was not understood is asked for again.
        await queue.news.setState(feed, fetched.state);
        log.info({ feed: new URL(feed).host, headlines: added }, 'news read');
      } catch (error) {
        if (!signal.aborted) log.warn({ feed: new URL(feed).host, error: reasonOf(error) }, 'a feed could not be read');
      }
    }
  }
}
