import type { Bot } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newBot, refusal } from './fixtures/bot.ts';
import { type Chat, type FakeTelegram, type Person, startFakeTelegram } from './index.ts';

let telegram: FakeTelegram;
let bot: Bot;
let ann: Person;
let group: Chat;

beforeEach(async () => {
  telegram = await startFakeTelegram();
  bot = newBot(telegram);
  ann = telegram.addUser({ first_name: 'Ann' });
  group = telegram.addGroup({ title: 'Home' });
  ann.starts();
});

afterEach(() => telegram.close());

/** Whether the answers of so many requests at once are refusals. */
async function refused(count: number, send: (at: number) => Promise<unknown>): Promise<number> {
  const answers = await Promise.allSettled(Array.from({ length: count }, (_, at) => send(at)));
  return answers.filter(({ status }) => status === 'rejected').length;
}

describe('limits', () => {
  it('take twenty messages and edits a minute in a group', async () => {
    telegram.limits.set('overall', { requests: 1000, perMs: 1000 });
    const { message_id } = await bot.api.sendMessage(group.id, 'start');
    expect(await refused(19, (at) => bot.api.editMessageText(group.id, message_id, `${at}`))).toBe(0);
    const answer = await bot.api.sendMessage(group.id, 'x').catch((error: unknown) => error);
    expect(answer).toMatchObject({ error_code: 429, description: expect.stringMatching(/^Too Many Requests: retry/) });
    const { retry_after = 0 } = (answer as { parameters: { retry_after?: number } }).parameters;
    expect(retry_after).toBeGreaterThan(0);
    expect(retry_after).toBeLessThanOrEqual(60);
    expect(telegram.counts).toMatchObject({ limited: 1, violations: 0 });
    await refusal(bot.api.sendMessage(group.id, 'too early'));
    expect(telegram.counts).toMatchObject({ limited: 2, violations: 1 });
    telegram.clock.forward(retry_after * 1000);
    await bot.api.sendMessage(group.id, 'in time');
    expect(telegram.counts).toMatchObject({ limited: 2, violations: 1 });
    expect(group.counts).toMatchObject({ sends: 2, edits: 19 });
  });

  it('take a burst of five in a private chat, and thirty a second in all', async () => {
    expect(await refused(8, () => bot.api.sendMessage(ann.id, 'x'))).toBe(3);
    telegram.clock.forward(60_000);
    const people = Array.from({ length: 40 }, (_, at) => telegram.addUser({ first_name: `U${at}` }));
    for (const person of people) person.starts();
    telegram.limits.set('overall', { requests: 30, perMs: 60_000 });
    expect(await refused(40, (at) => bot.api.sendMessage(people[at]?.id ?? 0, 'x'))).toBe(10);
  });

  it('do not count what was refused for other reasons', async () => {
    expect(await refused(50, () => bot.api.sendMessage(group.id, '<b>', { parse_mode: 'HTML' }))).toBe(50);
    await bot.api.sendMessage(group.id, 'x');
    expect(telegram.counts.limited).toBe(0);
  });
});

describe('faults', () => {
  it('let requests fail as often as was asked', async () => {
    const plan = telegram.fail('sendMessage', { code: 400, description: 'Bad Request: TOPIC_CLOSED', times: 2 });
    expect(await refusal(bot.api.sendMessage(ann.id, 'a'))).toBe('Bad Request: TOPIC_CLOSED');
    expect(await refusal(bot.api.sendMessage(ann.id, 'b'))).toBe('Bad Request: TOPIC_CLOSED');
    await bot.api.sendMessage(ann.id, 'c');
    expect(plan.hits).toBe(2);
    expect(ann.chat.shows()).toEqual(['Ann: /start', 'Wisecrack: c']);
    telegram.fail(({ body }) => body.text === 'd', { code: 400, migrateTo: -100_1 });
    const error = await bot.api.sendMessage(ann.id, 'd').catch((error: unknown) => error);
    expect(error).toMatchObject({ parameters: { migrate_to_chat_id: -100_1 } });
  });

  it('tell to wait, and notice who does not', async () => {
    telegram.fail('sendMessage', { retryAfter: 300 });
    expect(await refusal(bot.api.sendMessage(ann.id, 'a'))).toBe('Too Many Requests: retry after 300');
    expect(await refusal(bot.api.sendMessage(ann.id, 'a'))).toMatch(/retry after 2\d\d|300/);
    expect(telegram.counts.violations).toBe(1);
    await bot.api.sendMessage(group.id, 'elsewhere');
    telegram.clock.forward(300_000);
    await bot.api.sendMessage(ann.id, 'a');
    expect(telegram.counts.violations).toBe(1);
  });

  it('leave a request without an answer, done or not', async () => {
    telegram.hang('sendMessage', { done: true });
    await expect(bot.api.sendMessage(ann.id, 'done')).rejects.toThrow(/Network request/);
    telegram.hang('sendMessage', { done: false });
    await expect(bot.api.sendMessage(ann.id, 'not done')).rejects.toThrow(/Network request/);
    telegram.hang('sendMessage', { done: true, socket: 'open' });
    const patience = new AbortController();
    const open = bot.api.sendMessage(ann.id, 'open', {}, patience.signal as never);
    const failed = expect(open).rejects.toThrow();
    await ann.chat.sees('open');
    patience.abort();
    await failed;
    expect(ann.chat.shows().slice(1)).toEqual(['Wisecrack: done', 'Wisecrack: open']);
  });

  it('take everything away, and bring it back', async () => {
    telegram.outage('502');
    expect(await refusal(bot.api.getMe())).toBe('Bad Gateway');
    telegram.outage('reset');
    await expect(bot.api.getMe()).rejects.toThrow(/Network request/);
    telegram.outage(false);
    expect((await bot.api.getMe()).username).toBe('wisecrack_bot');
  });

  it('let answers come late while the work is done', async () => {
    const plan = telegram.slow('sendMessage', { ms: 500 });
    const sending = bot.api.sendMessage(ann.id, 'slow');
    await ann.chat.sees('slow');
    expect(telegram.requestsOf('sendMessage').at(-1)?.status).toBe(0);
    await sending;
    plan.stop();
    await bot.api.sendMessage(ann.id, 'fast');
    expect(telegram.requestsOf('sendMessage').map(({ status }) => status)).toEqual([200, 200]);
  });
});
