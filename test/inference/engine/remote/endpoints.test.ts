import { describe, expect, it } from 'vitest';
import { WisecrackError } from '../../../../errors.ts';
import { Endpoint } from '../../../../inference/engine/remote/endpoint.ts';
import { Busy } from '../../../../inference/engine/remote/trouble.ts';
import { scripted, startFakeCompletions } from '../../../fakes/completions/index.ts';
import { until } from '../../../queue/fixtures/messages.ts';
import { all, ask, open, SAYS, SCRIPT, serve, textOf, tokenizer } from './fixtures.ts';

const reply = async (engine: Awaited<ReturnType<typeof open>>) => textOf(await all(engine.generate(ask())));

describe('several servers', () => {
  it('share the load: each request goes to the one that has the least', async () => {
    const servers = [await serve(), await serve(), await serve()];
    const engine = await open(servers);
    for (const server of servers) server.faults.next({ after: 1, does: 'hang' }, 2);
    const stop = new AbortController();
    const hanging = Array.from({ length: 6 }, () => all(engine.generate(ask(), stop.signal)));
    await until(() => servers.every(({ running }) => running === 2));
    expect(engine.stats()).toMatchObject({ running: 6, waiting: 0 });
    stop.abort();
    await Promise.all(hanging);
    expect(engine.stats().running).toBe(0);
  });

  it('stand in for one another, and one that keeps failing is left alone', async () => {
    const [bad, good] = [await serve(), await serve()];
    const engine = await open([bad, good]);
    bad.faults.next({ status: 500 }, 1000);
    for (let at = 0; at < 20; at++) expect(await reply(engine)).toBe(SAYS);
    expect(good.log.total).toBe(20);
    expect(bad.log.total).toBeLessThanOrEqual(4);
  });

  it('do without one that asks for peace, for as long as it asks', async () => {
    const [busy, other] = [await serve(), await serve()];
    const engine = await open([busy, other]);
    busy.faults.next({ status: 429, headers: { 'retry-after': '60' } });
    for (let at = 0; at < 6; at++) expect(await reply(engine)).toBe(SAYS);
    expect(busy.log.total).toBe(1);
  });

  it('take back one that was away, also when it was away at the start', async () => {
    const there = await serve();
    const gone = await startFakeCompletions({ kind: 'vllm', source: scripted(SCRIPT), tokenizer });
    await gone.close();
    const warnings: object[] = [];
    const log = { warn: (fields: object) => void warnings.push(fields) };
    const engine = await open([gone, there], { healthMs: 50, log });
    expect(warnings).toMatchObject([{ error: expect.stringContaining(gone.url) }]);
    expect(await reply(engine)).toBe(SAYS);
    const back = await serve({ port: gone.port });
    await until(async () => (await reply(engine)) === SAYS && back.log.total > 0);

    // Away again: its health says so before a reply has to find out.
    await back.close();
    await until(() => warnings.length > 1);
    for (let at = 0; at < 4; at++) expect(await reply(engine)).toBe(SAYS);
    const again = await serve({ port: gone.port });
    await until(async () => (await reply(engine)) === SAYS && again.log.total > 0, 30_000);
  });

  it('are looked at again when they come back as something else', async () => {
    const first = await serve({ kind: 'vllm', model: 'grok-1' });
    const engine = await open([first], { healthMs: 50 });
    expect(await reply(engine)).toBe(SAYS);
    await first.close();
    const second = await serve({ kind: 'llama.cpp', model: 'grok-1-q8', port: first.port });
    const answers = () =>
      reply(engine).then(
        (text) => text === SAYS,
        () => false,
      );
    await until(answers, 60_000);
    expect(second.log.list.at(-1)).toMatchObject({ model: 'grok-1-q8', dry_multiplier: 0 });
  });

  it('say what is wrong with each when none is well', async () => {
    const servers = [await serve(), await serve()];
    const engine = await open(servers);
    for (const server of servers) await server.close();
    const failing = all(engine.generate(ask()));
    await expect(failing).rejects.toMatchObject({ code: 'WISECRACK_REMOTE_UNREACHABLE', retry: true });
    await expect(failing).rejects.toThrow('ECONNREFUSED');
    await expect(open(servers)).rejects.toThrow(new RegExp(servers.map(({ url }) => url).join('.*')));
  });
});

describe('keys', () => {
  it('are sent, one for all or one for each', async () => {
    const one = await serve({ key: 'sesame' });
    expect(await reply(await open([one], { keys: ['sesame'] }))).toBe(SAYS);
    const two = await serve({ key: 'poppy' });
    const engine = await open([one, two], { keys: ['sesame', 'poppy'] });
    for (let at = 0; at < 2; at++) expect(await reply(engine)).toBe(SAYS);
    expect(two.log.total).toBe(1);
  });

  it('that are wrong are said to be wrong, and never shown', async () => {
    const server = await serve({ key: 'sesame' });
    const failing = open([server], { keys: ['wrong-key'] });
    await expect(failing).rejects.toMatchObject({ code: 'WISECRACK_REMOTE_DENIED', retry: false });
    await expect(failing).rejects.not.toThrow('wrong-key');

    const engine = await open([server], { keys: ['sesame'] });
    server.faults.next({ status: 400, body: '{"error":{"message":"Bearer sesame may not do that"}}' });
    await expect(all(engine.generate(ask()))).rejects.toThrow('Bearer *** may not do that');
  });
});

describe('a circuit', () => {
  const server = { kind: 'vllm', model: 'm', context: 1, ids: true } as const;
  const failed = new WisecrackError('WISECRACK_REMOTE_FAILED', { url: '', reason: '' });
  const endpoint = () => Object.assign(new Endpoint('http://a/v1/'), { server });
  const restOf = (one: Endpoint) => one.readyAt(0);

  it('opens for longer after each failure, up to a minute, and closes with an answer', () => {
    const one = endpoint();
    const rests = Array.from({ length: 9 }, () => {
      one.ill(failed, 0);
      return restOf(one);
    });
    expect(rests).toEqual([250, 500, 5000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    one.well();
    expect(restOf(one)).toBe(0);
    one.ill(failed, 0);
    expect(restOf(one)).toBe(250);
  });

  it('lets one request through to try', () => {
    const one = endpoint();
    for (let at = 0; at < 3; at++) one.ill(failed, 0);
    expect(one.readyAt(6000)).toBe(6000);
    one.running = 1;
    expect(one.readyAt(6000)).toBe(Number.POSITIVE_INFINITY);
  });

  it('does not open because a server is busy', () => {
    const one = endpoint();
    for (let at = 0; at < 9; at++) one.ill(new Busy('', '429', 2000), 0);
    expect(restOf(one)).toBe(2000);
    one.ill(new Busy('', '429', 1e9), 0);
    expect(restOf(one)).toBe(60_000);
  });

  it('knows its server with and without /v1', () => {
    expect(endpoint().at('/v1/models').href).toBe('http://a/v1/models');
    expect(new Endpoint('https://b/proxy').at('/health').href).toBe('https://b/proxy/health');
  });
});
