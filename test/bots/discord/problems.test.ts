import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { SurfaceError } from '../../../bots/chat/surface.ts';
import { type Kind, surfaceErrorOf } from '../../../bots/discord/problems.ts';

const URL = 'https://discord.com/api/v10/webhooks/1/secret-token';
const api = (code: number, status: number) =>
  new DiscordAPIError({ code, message: 'No' }, code, status, 'POST', URL, { body: {}, files: undefined });
const http = (status: number) => new HTTPError(status, 'Bad', 'POST', URL, { body: {}, files: undefined });
const system = (code: string) => Object.assign(new Error(`${code} ${URL}`), { code });
const limited = (about: { retryAfter: number; sublimitTimeout?: number }) =>
  new RateLimitError({
    global: false,
    hash: 'h',
    limit: 5,
    majorParameter: '1',
    method: 'POST',
    route: '/channels/:id/messages',
    scope: 'user',
    sublimitTimeout: 0,
    timeToReset: 0,
    url: URL,
    ...about,
  });

describe('an error of Discord', () => {
  it.each<[string, unknown, Kind, string]>([
    ['unknown message', api(10008, 404), 'change', 'message-gone'],
    ['unknown channel', api(10003, 404), 'create', 'place-gone'],
    ['missing access', api(50001, 403), 'create', 'place-gone'],
    ['missing permissions', api(50013, 403), 'create', 'forbidden'],
    ['closed direct messages', api(50007, 403), 'create', 'forbidden'],
    ['too many edits of an old message', api(30046, 429), 'change', 'locked'],
    ["somebody else's message", api(50005, 403), 'change', 'locked'],
    ['an invalid form', api(50035, 400), 'create', 'refused'],
    ['an empty message', api(50006, 400), 'create', 'refused'],
    ['AutoMod', api(200000, 400), 'create', 'refused'],
    ['another 400', api(0, 400), 'create', 'refused'],
    ['another 403', api(0, 403), 'create', 'forbidden'],
    ['a wrong token', api(0, 401), 'create', 'forbidden'],
    ['another 404 of a send', api(0, 404), 'create', 'place-gone'],
    ['another 404 of an edit', api(0, 404), 'change', 'message-gone'],
    ['a breakdown while it creates', http(502), 'create', 'unknown'],
    ['a breakdown while it changes', http(502), 'change', 'unsent'],
    ['no connection', system('ECONNREFUSED'), 'create', 'unsent'],
    ['no name server', system('EAI_AGAIN'), 'create', 'unsent'],
    ['a connection that took too long', system('UND_ERR_CONNECT_TIMEOUT'), 'create', 'unsent'],
    ['no connection, wrapped', new Error('failed', { cause: system('ECONNREFUSED') }), 'create', 'unsent'],
    ['a connection that broke', system('ECONNRESET'), 'create', 'unknown'],
    ['a socket that was closed', system('UND_ERR_SOCKET'), 'create', 'unknown'],
    ['a timeout', new DOMException('aborted', 'AbortError'), 'create', 'unknown'],
    ['an answer that is no JSON', new SyntaxError('Unexpected end'), 'create', 'unknown'],
    ['what is no error', 'odd', 'create', 'unknown'],
  ])('%s', (_, error, kind, problem) => {
    const mapped = surfaceErrorOf(error, kind);
    expect(mapped).toBeInstanceOf(SurfaceError);
    expect(mapped.problem).toBe(problem);
    expect(mapped.retryAfterMs).toBe(0);
  });

  it('says how long to wait', () => {
    expect(surfaceErrorOf(limited({ retryAfter: 1500.2 }), 'create')).toMatchObject({
      problem: 'limited',
      retryAfterMs: 1501,
    });
    expect(surfaceErrorOf(limited({ retryAfter: 50, sublimitTimeout: 9000 }), 'create').retryAfterMs).toBe(9000);
    expect(surfaceErrorOf(limited({ retryAfter: -3 }), 'create').retryAfterMs).toBe(1000);
  });

  it('never shows an address, which may hold a token', () => {
    for (const error of [
      api(50035, 400),
      http(500),
      limited({ retryAfter: 1 }),
      system('ECONNRESET'),
      system('ECONNREFUSED'),
    ]) {
      const mapped = surfaceErrorOf(error, 'create');
      expect(`${mapped.stack} ${JSON.stringify(mapped)}`).not.toContain('secret');
      expect(mapped.cause).toBeUndefined();
    }
  });

  it('is left as it is when it is one of ours', () => {
    const error = new SurfaceError('limited', 'x', { retryAfterMs: 5 });
    expect(surfaceErrorOf(error, 'create')).toBe(error);
  });
});
