import type { Bot } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newBot, poll, refusal } from './fixtures/bot.ts';
import { type FakeTelegram, type Person, startFakeTelegram } from './index.ts';

let telegram: FakeTelegram;
let bot: Bot;
let ann: Person;

beforeEach(async () => {
  telegram = await startFakeTelegram();
  bot = newBot(telegram);
  ann = telegram.addUser({ first_name: 'Ann' });
  ann.starts();
});

afterEach(async () => {
  await bot.stop();
  await telegram.close();
});

/** What is seen below the start. */
const shown = () => ann.chat.shows().slice(1);
const draft = (id: number, text: string, more: object = {}) => bot.api.sendMessageDraft(ann.id, id, text, more);

describe('a draft', () => {
  it('grows, and a message takes its place', async () => {
    await draft(7, '');
    expect(shown()).toEqual(['(draft) Thinking...']);
    await draft(7, '<b>Hel</b>', { parse_mode: 'HTML' });
    await draft(7, 'Hello', { can_stop: true });
    expect(shown()).toEqual(['(draft) Hello [Stop]']);
    expect(ann.chat.drafts[0]).toMatchObject({ id: 7, frames: 3 });
    await bot.api.sendMessage(ann.id, 'Hello!');
    expect(shown()).toEqual(['Wisecrack: Hello!']);
    expect(ann.chat.counts).toMatchObject({ sends: 1, drafts: 3 });
  });

  it('is replaced by another one', async () => {
    await draft(7, 'one');
    await draft(8, 'two');
    expect(shown()).toEqual(['(draft) two']);
    expect(ann.chat.drafts[0]?.frames).toBe(1);
  });

  it('fades after thirty seconds without a frame', async () => {
    await draft(7, 'Hel');
    telegram.clock.forward(25_000);
    await draft(7, 'Hel');
    telegram.clock.forward(25_000);
    expect(shown()).toEqual(['(draft) Hel']);
    telegram.clock.forward(6000);
    expect(shown()).toEqual([]);
  });

  it('is stopped by its user, of which the bot hears', async () => {
    const stopped: number[] = [];
    bot.on('stopped_message_generation', ({ stoppedMessageGeneration: { draft_id, chat } }) => {
      stopped.push(draft_id, chat.id);
    });
    await poll(telegram, bot);
    await draft(7, 'Hel');
    expect(() => ann.stops()).toThrow('no button');
    await draft(7, 'Hell', { can_stop: true });
    ann.stops();
    await telegram.until(() => stopped.length > 0);
    expect(stopped).toEqual([7, ann.id]);
    expect(shown()).toEqual([]);
    await draft(7, 'Hello', { can_stop: true });
    expect(shown()).toEqual([]);
    expect(ann.chat.framesAfterStop).toBe(1);
    expect(() => ann.stops()).toThrow('there is no draft');

    await draft(8, 'Bye', { can_stop: true, keep_on_stop: true });
    ann.stops();
    expect(shown()).toEqual(['(draft) Bye']);
    await bot.api.sendMessage(ann.id, 'Bye');
    expect(shown()).toEqual(['Wisecrack: Bye']);
  });

  it('is refused where Telegram refuses it', async () => {
    const group = telegram.addGroup({ title: 'Home' });
    expect(await refusal(bot.api.sendMessageDraft(group.id, 7, 'x'))).toContain('only to private chats');
    expect(await refusal(draft(0, 'x'))).toContain('non-zero');
    expect(await refusal(draft(7, 'x'.repeat(4097)))).toBe('Bad Request: message is too long');
    expect(await refusal(draft(7, '<b>x', { parse_mode: 'HTML' }))).toContain("can't parse entities");
    ann.blocks();
    expect(await refusal(draft(7, 'x'))).toBe('Forbidden: bot was blocked by the user');
  });

  it('has a limit of its own', async () => {
    telegram.limits.set('draft', { requests: 2, perMs: 10_000 });
    await draft(7, 'a');
    await draft(7, 'b');
    expect(await refusal(draft(7, 'c'))).toMatch(/^Too Many Requests: retry after \d+$/);
  });

  it('is unknown to an older server', async () => {
    telegram.world.drafts = false;
    const error = await draft(7, 'x').catch((error: unknown) => error);
    expect(error).toMatchObject({ error_code: 404, description: 'Not Found: method not found' });
  });
});
