import { GrammyError, HttpError } from 'grammy';
import { describe, expect, it } from 'vitest';
import { SurfaceError } from '../../../bots/chat/surface.ts';
import { type Deed, isAboutEntities, isUnchanged, migratedTo, problemOf } from '../../../bots/telegram/problems.ts';

const ADDRESS = 'https://api.telegram.org/bot42:secret/sendMessage';
const refused = (error_code: number, description: string, parameters = {}) =>
  new GrammyError('Call failed', { ok: false, error_code, description, parameters }, 'sendMessage', { text: 'x' });
const broken = (code: string) =>
  new HttpError('Network request failed', Object.assign(new Error(`request to ${ADDRESS} failed`), { code }));

describe('an error of Telegram', () => {
  it.each<[string, unknown, Deed, string]>([
    ['message to edit not found', refused(400, 'Bad Request: message to edit not found'), 'edit', 'message-gone'],
    ['message to delete not found', refused(400, 'Bad Request: message to delete not found'), 'edit', 'message-gone'],
    ['the question is gone', refused(400, 'Bad Request: message to be replied not found'), 'send', 'message-gone'],
    ["can't be edited", refused(400, "Bad Request: message can't be edited"), 'edit', 'locked'],
    ["can't be deleted", refused(400, "Bad Request: message can't be deleted"), 'edit', 'locked'],
    ['chat not found', refused(400, 'Bad Request: chat not found'), 'send', 'place-gone'],
    ['no such topic', refused(400, 'Bad Request: message thread not found'), 'send', 'place-gone'],
    ['kicked', refused(403, 'Forbidden: bot was kicked from the supergroup chat'), 'send', 'place-gone'],
    ['no member', refused(403, 'Forbidden: bot is not a member of the channel chat'), 'send', 'place-gone'],
    ['a deleted account', refused(403, 'Forbidden: user is deactivated'), 'send', 'place-gone'],
    ['blocked', refused(403, 'Forbidden: bot was blocked by the user'), 'send', 'forbidden'],
    ['another 403', refused(403, 'Forbidden: no'), 'edit', 'forbidden'],
    ['a revoked token', refused(401, 'Unauthorized'), 'send', 'forbidden'],
    ['a closed topic', refused(400, 'Bad Request: TOPIC_CLOSED'), 'send', 'forbidden'],
    [
      'no rights',
      refused(400, 'Bad Request: not enough rights to send text messages to the chat'),
      'send',
      'forbidden',
    ],
    ['too long', refused(400, 'Bad Request: message is too long'), 'send', 'refused'],
    ['entities', refused(400, "Bad Request: can't parse entities: x"), 'send', 'refused'],
    ['a breakdown while it sends', refused(502, 'Bad Gateway'), 'send', 'unknown'],
    ['a breakdown while it edits', refused(500, 'Internal Server Error'), 'edit', 'unsent'],
    ['no connection', broken('ECONNREFUSED'), 'send', 'unsent'],
    ['no name server', broken('EAI_AGAIN'), 'send', 'unsent'],
    ['a connection that broke', broken('ECONNRESET'), 'send', 'unknown'],
    ['a timeout', new HttpError('x', new Error('timed out')), 'send', 'unknown'],
    ['what is no error', 'odd', 'send', 'unknown'],
  ])('%s', (_, error, deed, problem) => {
    const mapped = problemOf(error, deed);
    expect(mapped).toBeInstanceOf(SurfaceError);
    expect(mapped.problem).toBe(problem);
    expect(mapped.retryAfterMs).toBe(0);
  });

  it('says how long to wait, also for minutes', () => {
    const limited = problemOf(refused(429, 'Too Many Requests: retry after 300', { retry_after: 300 }), 'edit');
    expect(limited).toMatchObject({ problem: 'limited', retryAfterMs: 300_000 });
    expect(problemOf(refused(429, 'Too Many Requests'), 'send').retryAfterMs).toBeGreaterThan(0);
  });

  it('never shows the address, which holds the token', () => {
    for (const error of [broken('ECONNRESET'), broken('ECONNREFUSED'), refused(404, 'Not Found')]) {
      const mapped = problemOf(error, 'send');
      expect(`${mapped.stack} ${JSON.stringify(mapped)}`).not.toContain('secret');
      expect(mapped.cause).toBeUndefined();
    }
  });

  it('is left as it is when it is one of ours', () => {
    const error = new SurfaceError('preview', 'x');
    expect(problemOf(error, 'edit')).toBe(error);
  });

  it('tells what needs another answer', () => {
    expect(isUnchanged(refused(400, 'Bad Request: message is not modified: specified'))).toBe(true);
    expect(isUnchanged(refused(400, 'Bad Request: message to edit not found'))).toBe(false);
    expect(isAboutEntities(refused(400, "Bad Request: can't parse entities: Unsupported"))).toBe(true);
    expect(isAboutEntities(refused(400, 'Bad Request: chat not found'))).toBe(false);
    expect(migratedTo(refused(400, 'group chat was upgraded', { migrate_to_chat_id: -100 }))).toBe(-100);
    expect(migratedTo(new Error('x'))).toBeUndefined();
  });
});
