import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Queue } from '../../queue/index.ts';

/** How many replies grow at once, how long, and how often each. */
const REPLIES = 100;
const LAST_MS = 4000;
const PIECE_MS = 50;

/** Run in the page: counts its frames for as long as asked. */
const COUNT = (ms: number) => `new Promise((resolve) => {
  let frames = 0;
  const begun = performance.now();
  const next = (now) => now - begun < ${ms} ? (frames++, requestAnimationFrame(next)) : resolve((frames * 1000) / (now - begun));
  requestAnimationFrame(next);
})`;

/** Frames a second of the first page while a hundred replies grow on it, and of an empty page in the same browser. */
export async function framesPerSecond(queue: Queue, page: Page): Promise<{ value: number; limit: number }> {
  let seen = false;
  const worker = queue.startWorker({
    concurrency: REPLIES,
    handle: async (_job, { publish }) => {
      let text = '';
      for (let at = 0; !seen; at++) {
        text += `word${at} `;
        await publish(`word${at} `, [at]);
        await sleep(PIECE_MS);
      }
      return { finish: 'stop', text };
    },
  });
  const jobs: string[] = [];
  try {
    await worker.ready();
    for (let at = 0; at < REPLIES; at++) {
      const id = `bench:${randomUUID()}`;
      const author = { id: `bench:${at}`, name: `Person ${at}` };
      const turn = { id, role: 'user' as const, author, text: 'Hello', at: Date.now() };
      jobs.push(id);
      await queue.submit(turn, { id, platform: 'bench', conversation: id, persona: 'guide' });
    }
    await page
      .locator('.replies .said')
      .nth(REPLIES - 1)
      .waitFor({ timeout: 120_000 });
    const value = await page.evaluate<number>(COUNT(LAST_MS));
    await page.goto('about:blank');
    return { value, limit: await page.evaluate<number>(COUNT(1000)) };
  } finally {
    // All to their end: what is left over would be the next one's.
    seen = true;
    await Promise.all(jobs.map((job) => over(queue, job)));
    await worker.close();
  }
}

async function over(queue: Queue, job: string): Promise<void> {
  for await (const _ of queue.follow(job));
}
