import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BenchPlatform, benchBot } from '../../bots/bench/index.ts';
import { Meter } from '../../bots/bench/meter.ts';
import type { Place, Surface, View } from '../../bots/chat/surface.ts';
import { PersonaStore } from '../../personas/index.ts';
import { packageRoot } from '../../root.ts';
import { Server } from '../queue/fixtures/server.ts';

let server: Server;
let personas: PersonaStore;

beforeAll(async () => {
  server = await Server.start();
  personas = await PersonaStore.open(`${packageRoot()}/personas`);
});
afterAll(() => server.stop());

describe('the load', () => {
  it.each<[BenchPlatform, number]>([
    ['discord', 40],
    ['telegram', 12],
  ])('on %s asks as many as it should, counts each reply once, and obeys the platform', async (platform, users) => {
    const rows = await benchBot(platform, { redis: server.handle, personas, seconds: 5, users });
    const of = (name: string) => rows.find((row) => row.name === name);
    expect(of('questions asked')?.value).toBeGreaterThanOrEqual(users);
    expect(of('answered exactly once')).toMatchObject({ value: of('questions asked')?.value, holds: true });
    expect(of('other messages of the bot')?.value).toBe(0);
    expect(of('429s that were not obeyed')?.value).toBe(0);
    expect(of('edits a reply')?.value).toBeGreaterThan(0);
    for (const { name, value } of rows) expect(value, name).not.toBeNaN();
    for (const path of ['message to job', 'token to an edit that may be']) {
      expect(of(`${path}, p50`)?.value).toBeLessThanOrEqual(of(`${path}, p95`)?.value ?? 0);
    }
    const redis = server.connect();
    expect(await redis.keys('*')).toEqual([]);
    redis.disconnect();
  });
});

describe('the meter', () => {
  const place: Place = { channel: 'c' };
  const view = (text: string, isLast = false): View => ({
    ...{ text, jobId: 'j', buttons: isLast ? ['retry'] : ['stop'] },
  });
  const surface = {
    ...{ platform: 'test', limit: 2000, gapMs: () => 100 },
    send: async () => 'm',
    edit: async () => undefined,
  } as unknown as Surface;
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  it('counts from the first token that is not shown, and says when the whole reply stands there', async () => {
    const meter = new Meter();
    let isAnswered = false;
    const answered = meter.asked('j', performance.now()).then(() => {
      isAnswered = true;
    });
    const measured = meter.on(surface);
    meter.submitted('j');
    meter.grew('j', 5);
    await measured.send(place, view('12345'), 'n');
    meter.grew('j', 7);
    await sleep(300);
    // A later token is no excuse.
    meter.grew('j', 9);
    await measured.edit(place, 'm', view('123456789'));
    expect(meter.toJob).toHaveLength(1);
    // The budget allowed it 200 ms after the send: a gap, and the one that it began with.
    expect(meter.toEdit[0]).toBeGreaterThan(50);
    expect(isAnswered).toBe(false);
    meter.ended('j');
    await measured.edit(place, 'm', view('123456789', true));
    await answered;
    expect(meter.toEdit).toHaveLength(2);
  });

  it('does not count a wait that the budget asks for', async () => {
    const meter = new Meter();
    void meter.asked('j', performance.now());
    const slow = { ...surface, gapMs: () => 60_000 } as Surface;
    const measured = meter.on(slow);
    meter.grew('j', 5);
    await measured.send(place, view('12345'), 'n');
    meter.grew('j', 7);
    await sleep(20);
    await measured.edit(place, 'm', view('1234567'));
    // It came long before it was allowed.
    expect(meter.toEdit[0]).toBeLessThan(0);
  });
});
