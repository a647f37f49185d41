import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser } from 'playwright-core';
import { openWebChat } from '../../bots/web/index.ts';
import type { PersonaStore } from '../../personas/index.ts';
import { openQueue, type Queue, type RedisHandle } from '../../queue/index.ts';
import { type BenchRow, percentile, removeKeys } from '../../queue/measure.ts';
import { packageRoot } from '../../root.ts';
import { hashOf, newSecret } from '../server/auth/secrets.ts';
import { type Admin, startAdmin } from '../server/start.ts';
import { openBare } from './bare.ts';
import { openFirstPage, visitFirstPage } from './first-page.ts';
import { framesPerSecond } from './frames.ts';
import { Viewers } from './viewers.ts';
import { firstPageBytes } from './weight.ts';

export interface AdminBenchOptions {
  redis: Pick<RedisHandle, 'connect'>;
  personas: PersonaStore;
  /** Default: 1,000. */
  viewers?: number;
  /** How many pieces of a reply all of them see. Default: 30. */
  pieces?: number;
  /** Told what cannot be measured here. */
  notice: (text: string) => void;
  /** Opens the browser that looks at the page. Default: a headless Chromium, where there is one. */
  openBrowser?: () => Promise<Browser | undefined>;
}

/** How often the time of a bare server the dashboard may take: it also looks, follows and redacts. */
const BAR = 4;
const MOST_KB = 200;
const MOST_MS = 1000;
/** The part of an empty page's frames that is left at least. */
const SMOOTH = 0.9;

/** Measures the dashboard: what the first page weighs, how soon it can be used, how smooth it is, and how a reply that streams reaches all who watch. */
export async function benchAdmin(options: AdminBenchOptions): Promise<BenchRow[]> {
  const { redis, personas, viewers = 1000, pieces = 30 } = options;
  const prefix = `bench-${randomUUID()}`;
  const home = mkdtempSync(join(tmpdir(), 'wisecrack-bench-'));
  const queue = openQueue({ redis, prefix });
  const log = pino({ level: 'silent' });
  const web = await openWebChat({ queue, personas, persona: '', log });
  const admin = await startAdmin({
    ...{ queue, personas, chat: web.chat, home, host: '127.0.0.1', port: 0, version: '0.0.0', log },
    folders: { builtIn: home, own: home },
    window: () => Promise.reject(new Error('no prompt is laid out here')),
  });
  const raw = redis.connect();
  try {
    const seen = await inBrowser(queue, admin, options);
    const bare = await bareSpreads(viewers, pieces);
    const spreads = await replySpreads(queue, admin.url, viewers, pieces);
    return [...weight(), ...seen, ...rows(spreads, bare, viewers)];
  } finally {
    await admin.close();
    await web.close();
    await queue.close();
    await removeKeys(raw, prefix);
    raw.disconnect();
    rmSync(home, { recursive: true, force: true });
  }
}

/** In how many ms after the first viewer the last one has it, piece by piece. */
async function replySpreads(queue: Queue, url: string, count: number, pieces: number): Promise<number[]> {
  const token = newSecret();
  const about = { id: randomUUID(), name: 'bench', role: 'operator' as const, by: 'bench', createdAt: Date.now() };
  await queue.accounts.addToken(hashOf(token), about);
  const viewers = new Viewers();
  const spreads: number[] = [];
  const worker = queue.startWorker({
    handle: async (_job, { publish }) => {
      for (let at = 0; at < pieces; at++) {
        const word = wordOf(at);
        const seen = viewers.all(word);
        await publish(word, [at]);
        spreads.push(await seen);
      }
      return { finish: 'stop', text: '' };
    },
  });
  try {
    await worker.ready();
    await viewers.open(`${url}/api/now/events`, { authorization: `Bearer ${token}` }, count);
    const id = `bench:${randomUUID()}`;
    const turn = { id, role: 'user' as const, author: { id: 'bench:u', name: 'Ann' }, text: 'Hello', at: Date.now() };
    await queue.submit(turn, { id, platform: 'bench', conversation: id, persona: 'guide' });
    for await (const _ of queue.follow(id));
    return spreads;
  } finally {
    viewers.close();
    await worker.close({ handBackAfterMs: 0 });
  }
}

async function bareSpreads(count: number, pieces: number): Promise<number[]> {
  const bare = await openBare();
  const viewers = new Viewers();
  const spreads: number[] = [];
  try {
    await viewers.open(bare.url, {}, count);
    for (let at = 0; at < pieces; at++) {
      const seen = viewers.all(wordOf(at));
      bare.say(`event: text\ndata: {"jobId":"bench:${randomUUID()}","text":"${wordOf(at)}","tokens":${at}}\n\n`);
      spreads.push(await seen);
    }
    return spreads;
  } finally {
    viewers.close();
    bare.close();
  }
}

const wordOf = (at: number) => `<piece ${at}>`;

function weight(): BenchRow[] {
  const bytes = firstPageBytes(join(packageRoot(), 'dist/admin-web'));
  if (bytes === undefined) return [];
  const value = bytes / 1000;
  return [
    {
      name: 'the first page, after gzip',
      value,
      unit: 'kB',
      bar: MOST_KB,
      required: `< ${MOST_KB} kB`,
      holds: value < MOST_KB,
    },
  ];
}

/** Where Wisecrack is developed, the browser of its tests. */
async function openOwn(): Promise<Browser | undefined> {
  const tests = await import('../../test/fakes/page/chromium.ts').catch(() => undefined);
  return tests?.openChromium();
}

/** How soon the first page can be used, and how smooth it is, in a real browser with an empty cache. */
async function inBrowser(
  queue: Queue,
  admin: Admin,
  { notice, openBrowser = openOwn }: AdminBenchOptions,
): Promise<BenchRow[]> {
  const browser = await openBrowser();
  if (!browser) {
    notice(
      'There is no Chromium on the PATH, or the packages of development are not installed: how soon the page can be used, and how smooth it is, is not measured.',
    );
    return [];
  }
  try {
    const cookie = await becomeOwner(admin);
    const times = await visitFirstPage(browser, admin.url, cookie);
    const soon = [50, 99].map((percent): BenchRow => {
      const value = percentile(times, percent);
      const name = `the first page can be used, with nothing in the cache, p${percent}`;
      return { name, value, unit: 'ms', bar: MOST_MS, required: `< ${MOST_MS} ms`, holds: value < MOST_MS };
    });
    const { value, limit } = await framesPerSecond(queue, await openFirstPage(browser, admin.url, cookie));
    const ratio = value / limit;
    const name = 'frames while 100 replies grow, beside an empty page';
    return [...soon, { name, value, unit: '1/s', limit, ratio, bar: SMOOTH, holds: ratio >= SMOOTH }];
  } finally {
    await browser.close();
  }
}

async function becomeOwner({ url, setupLink = '' }: Admin): Promise<string> {
  const owner = { token: setupLink.split('#')[1], name: 'bench', password: newSecret() };
  const created = await fetch(`${url}/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(owner),
  });
  return created.headers.getSetCookie()[0] ?? '';
}

function rows(spreads: number[], bare: number[], viewers: number): BenchRow[] {
  return [50, 99].map((percent) => {
    const [value, limit] = [percentile(spreads, percent), percentile(bare, percent)];
    const ratio = value / limit;
    const name = `a piece, from the first to the last of ${viewers} viewers, p${percent}`;
    return { name, value, unit: 'ms', limit, ratio, bar: BAR, holds: ratio <= BAR };
  });
}
