import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../fakes/completions/index.ts';
import { scripted } from '../../../fakes/completions/index.ts';
import { until } from '../../../queue/fixtures/messages.ts';
import { all, ask, finishOf, open, PATIENCE, SAYS, SCRIPT, serve, textOf, tokensOf } from './fixtures.ts';

const bytes = (text: string) => Buffer.from(text);

describe('before the first token', () => {
  const faults: [string, Fault][] = [
    ['a 429 that says when', { status: 429, headers: { 'retry-after': '0.2' } }],
    ['a 429 that does not', { status: 429 }],
    ['a 503', { status: 503, body: 'loading' }],
    ['a 500', { status: 500, body: '<html>oops</html>' }],
    ['a cut connection', { after: 0, does: 'cut' }],
    ['an error in the stream', { after: 0, does: 'error' }],
    ['what is not JSON', { after: 0, does: bytes('data: {"choices": [\n\n') }],
    ['JSON that is no completion', { after: 0, does: bytes('data: {"choices": "none"}\n\n') }],
    ['a stream that ends at once', { after: 0, does: bytes(': nothing\n\n') }],
    ['an event without an end', { after: 0, does: Buffer.alloc(2 << 20, 'data: x') }],
  ];
  it.each(faults)('%s is tried again', async (_name, fault) => {
    const server = await serve();
    const engine = await open([server]);
    const planned = server.faults.next(fault);
    expect(textOf(await all(engine.generate(ask())))).toBe(SAYS);
    expect(planned.hits).toBe(1);
    expect(server.log.total).toBe(2);
  });

  it('a server that hangs is left, however much it says that it lives', async () => {
    const server = await serve();
    const engine = await open([server], { patience: { ...PATIENCE, firstTokenMs: 300 } });
    server.faults.next({ after: 0, does: 'hang', comments: true });
    expect(textOf(await all(engine.generate(ask())))).toBe(SAYS);
    await until(() => server.running === 0);
  });

  it('it gives up in the end, and says why', async () => {
    const server = await serve();
    const engine = await open([server]);
    server.faults.next({ status: 500 }, 100);
    await expect(all(engine.generate(ask()))).rejects.toMatchObject({
      ...{ code: 'WISECRACK_REMOTE_FAILED', retry: true, message: expect.stringContaining('500, as was asked for') },
    });
    expect(server.log.total).toBe(3);
  });

  it('a request that the server cannot take is not tried again', async () => {
    const server = await serve();
    const engine = await open([server]);
    server.faults.next({ status: 400, body: '{"object":"error","message":"too\\nlong"}' });
    await expect(all(engine.generate(ask()))).rejects.toMatchObject({
      ...{ code: 'WISECRACK_REQUEST_INVALID', retry: false, message: expect.stringContaining('400, too long') },
    });
    expect(server.log.total).toBe(1);
    expect(textOf(await all(engine.generate(ask())))).toBe(SAYS);
  });

  it('a prompt without room for a reply is not even sent', async () => {
    const server = await serve({ context: 64 });
    const engine = await open([server]);
    expect(engine.context).toBe(64);
    await expect(all(engine.generate(ask({ prompt: Array(64).fill(300) })))).rejects.toMatchObject({
      code: 'WISECRACK_REQUEST_INVALID',
    });
    expect(server.log.total).toBe(0);
    // What room there is, is asked for.
    await all(engine.generate(ask({ prompt: Array(60).fill(300) })));
    expect(server.log.list.at(-1)?.max_tokens).toBe(4);
  });
});

describe('after the first token', () => {
  const faults: [string, Fault][] = [
    ['an error in the stream', { after: 3, does: 'error' }],
    ['a cut connection', { after: 3, does: 'cut' }],
    ['what is not JSON', { after: 3, does: bytes('data: <html>\n\n') }],
    ['a stream that just ends', { omit: 'both' }],
    [
      'a token that does not exist',
      { after: 3, does: bytes('data: {"choices":[{"text":"","token_ids":[4096]}]}\n\n') },
    ],
    [
      'a reply that is given up',
      { after: 3, does: bytes('data: {"choices":[{"text":"","finish_reason":"abort"}]}\n\n') },
    ],
  ];
  it.each(faults)('%s ends the try: whoever takes the job over goes on behind it', async (_name, fault) => {
    const server = await serve();
    const engine = await open([server]);
    server.faults.next(fault);
    let text = '';
    const resume: number[] = [];
    const failing = (async () => {
      for await (const piece of engine.generate(ask())) {
        text += piece.text;
        resume.push(...piece.tokens);
      }
    })();
    await expect(failing).rejects.toMatchObject({ code: 'WISECRACK_REMOTE_FAILED', retry: true });
    expect(server.log.total).toBe(1);
    expect(resume.length).toBeGreaterThanOrEqual(3);
    expect(text + textOf(await all(engine.generate(ask({ resume }))))).toBe(SAYS);
  });

  it('a server that hangs is left', async () => {
    const server = await serve();
    const engine = await open([server], { patience: { ...PATIENCE, betweenTokensMs: 300 } });
    server.faults.next({ after: 3, does: 'hang' });
    await expect(all(engine.generate(ask()))).rejects.toThrow('no further token within 0.3 s');
    await until(() => server.running === 0);
  });
});

describe('a reply that nobody wants any more', () => {
  it('ends with what there is, and its connection is closed', async () => {
    const server = await serve({ source: scripted(SCRIPT, { paceMs: 20 }) });
    const engine = await open([server]);
    const controller = new AbortController();
    const pieces = [];
    for await (const piece of engine.generate(ask(), controller.signal)) {
      pieces.push(piece);
      if (pieces.length === 3) controller.abort();
    }
    expect(finishOf(pieces)).toBe('cancelled');
    expect(tokensOf(pieces).length).toBeLessThan(SCRIPT.length);
    await until(() => server.running === 0);
    expect(engine.stats().running).toBe(0);
  });

  it('ends so before the first token, too, and while it waits for a server', async () => {
    const server = await serve();
    const engine = await open([server]);
    const cancelled = async () => finishOf(await all(engine.generate(ask(), AbortSignal.timeout(200))));
    server.faults.next({ after: 0, does: 'hang' });
    expect(await cancelled()).toBe('cancelled');
    server.faults.next({ status: 429, headers: { 'retry-after': '9' } });
    expect(await cancelled()).toBe('cancelled');
  });

  it('closes its connection when its reader leaves', async () => {
    const server = await serve();
    const engine = await open([server]);
    server.faults.next({ after: 2, does: 'hang' });
    for await (const piece of engine.generate(ask())) if (piece.tokens.length > 0) break;
    await until(() => server.running === 0);
    expect(engine.stats().running).toBe(0);
  });

  it('is handed on when the engine closes under it', async () => {
    const server = await serve();
    const engine = await open([server]);
    server.faults.next({ after: 2, does: 'hang' });
    const reply = all(engine.generate(ask()));
    reply.catch(() => {});
    await until(() => server.running === 1);
    await engine.close();
    await expect(reply).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED', retry: true });
    await expect(all(engine.generate(ask()))).rejects.toMatchObject({ code: 'WISECRACK_ENGINE_CLOSED' });
  });
});
