import { openHeartbeats } from '../heartbeats.ts';
import type { Store } from '../store.ts';

/**
 * How long the job at `position` waits, in ms.
 *
 * Replies take `pace` ms each (a moving average, kept by end-reply.lua: each new reply counts for a fifth, a day without
 * any forgets it), and workers make `places` of them at once. So a place becomes free every pace / places ms, and whoever
 * is at position p gets the p-th of them: p * pace / places.
 *
 * Places are what the live workers say in their heartbeats (`slots`), or, where one does not say it, as many as replies are
 * in the making: when somebody waits, all places are taken.
 *
 * @returns undefined when nothing is known: no reply has ended within a day, or no worker lives.
 */
export async function estimateWait(
  { redis, keys, bull }: Pick<Store, 'redis' | 'keys' | 'bull'>,
  position: number,
): Promise<number | undefined> {
  if (position <= 0) return 0;
  const [pace, beats] = await Promise.all([redis.get(keys.pace), openHeartbeats({ redis, keys }).list()]);
  const workers = beats.filter(({ kind }) => kind === 'worker');
  if (pace === null || workers.length === 0) return undefined;
  const said = workers.map(({ slots }) => slots);
  const places = said.every((it) => it !== undefined)
    ? said.reduce((a, b) => a + b, 0)
    : Math.max(workers.length, await bull.getActiveCount());
  return Math.round((position * Number(pace)) / places);
}
