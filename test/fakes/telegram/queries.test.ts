import { type Bot, InlineKeyboard, InlineQueryResultBuilder } from 'grammy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newBot, poll, refusal } from './fixtures/bot.ts';
import { type FakeTelegram, type Message, type Person, startFakeTelegram } from './index.ts';

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

describe('a button', () => {
  let message: Message;

  beforeEach(async () => {
    const keyboard = new InlineKeyboard().text('Stop', 'stop:7').url('Site', 'https://example.com');
    await bot.api.sendMessage(ann.id, 'Hel', { reply_markup: keyboard });
    message = await ann.chat.message('Hel');
  });

  it('is pressed by its label or its data, and answered', async () => {
    bot.callbackQuery('stop:7', async (context) => {
      await context.answerCallbackQuery({ text: 'Stopped', show_alert: true });
      await context.editMessageText('Hel (stopped)');
    });
    await poll(telegram, bot);
    expect(await ann.presses(message, 'Stop').answered()).toEqual({ text: 'Stopped', alert: true, url: undefined });
    await ann.chat.sees('Wisecrack: Hel (stopped)');
    expect(() => ann.presses(message, 'stop:7')).toThrow('there is no button stop:7');
  });

  it('cannot be pressed where it asks nothing, or is gone', async () => {
    expect(() => ann.presses(message, 'Site')).toThrow('asks the bot nothing');
    expect(() => ann.presses(message, 'Go')).toThrow('only Stop, Site');
    await bot.api.deleteMessage(ann.id, message.id);
    expect(() => ann.presses(message, 'Stop')).toThrow('the message is not there');
  });

  it('is answered too late after fifteen seconds', async () => {
    const press = ann.presses(message, 'stop:7');
    const answer = () => bot.api.answerCallbackQuery(press.id);
    telegram.clock.forward(8000);
    await answer();
    expect(press.answer).toEqual({ text: undefined, alert: false, url: undefined });
    telegram.clock.forward(8000);
    const late = 'Bad Request: query is too old and response timeout expired or query ID is invalid';
    expect(await refusal(answer())).toBe(late);
    expect(await refusal(bot.api.answerCallbackQuery('12345'))).toBe(late);
  });
});

describe('an inline query', () => {
  const article = (id: string, text: string, keyboard?: InlineKeyboard) =>
    InlineQueryResultBuilder.article(id, `Title ${id}`, keyboard ? { reply_markup: keyboard } : {}).text(text, {
      parse_mode: 'HTML',
    });

  it('is answered, chosen and edited', async () => {
    const chosen: unknown[] = [];
    bot.on('inline_query', (context) =>
      context.answerInlineQuery([
        article('a', `<b>${context.inlineQuery.query}</b>`, new InlineKeyboard().text('More', 'more')),
        article('b', 'plain'),
      ]),
    );
    bot.on('chosen_inline_result', async ({ chosenInlineResult }) => {
      chosen.push(chosenInlineResult.result_id, chosenInlineResult.inline_message_id);
    });
    bot.on('callback_query:data', async (context) => {
      await context.answerCallbackQuery();
      await context.editMessageText('more of it');
    });
    await poll(telegram, bot);
    const group = telegram.addGroup({ title: 'Home' });
    const query = await ann.inline('why', { chatType: 'group' });
    expect(query.answer.results.map(({ title }) => title)).toEqual(['Title a', 'Title b']);
    const sent = ann.chooses(query, query.answer.results[0], group);
    expect(group.shows().at(-1)).toBe('Ann (via @wisecrack_bot): <b>why</b> [More]');
    await telegram.until(() => chosen.length === 2);
    expect(chosen).toEqual(['a', sent.inlineId]);
    await ann.presses(sent, 'More').answered();
    await group.sees('Ann (via @wisecrack_bot): more of it');
    ann.chooses(query, query.answer.results[1], group);
    await telegram.until(() => chosen.length === 4);
    expect(chosen.slice(2)).toEqual(['b', undefined]);
    expect(await refusal(bot.api.editMessageTextInline('inline-0-0', 'x'))).toBe('Bad Request: MESSAGE_ID_INVALID');
  });

  it('is answered from the cache while it lasts, for everybody or for one', async () => {
    let asked = 0;
    let personal = false;
    bot.on('inline_query', (context) =>
      context.answerInlineQuery([article('a', `${++asked}`)], { cache_time: 60, is_personal: personal }),
    );
    await poll(telegram, bot);
    const ben = telegram.addUser({ first_name: 'Ben' });
    const text = async (person: Person, words: string) => (await person.inline(words)).answer.results[0]?.content.text;
    expect([await text(ann, 'x'), await text(ben, 'x'), await text(ann, 'y')]).toEqual(['1', '1', '2']);
    telegram.clock.forward(61_000);
    personal = true;
    expect([await text(ann, 'x'), await text(ben, 'x'), await text(ann, 'x')]).toEqual(['3', '4', '3']);
  });

  it('is refused a bad answer, or a late one', async () => {
    const refusals: string[] = [];
    bot.on('inline_query', async ({ inlineQuery: { id } }) => {
      const answer = (...results: object[]) => refusal(bot.api.answerInlineQuery(id, results as never));
      refusals.push(await answer(article('a', '<b>x')));
      refusals.push(await answer(article('a', 'x'), article('a', 'y')));
      refusals.push(await answer({ type: 'article', id: 'a', title: 'x' }));
      refusals.push(await answer(...Array.from({ length: 51 }, (_, at) => article(`${at}`, 'x'))));
      telegram.clock.forward(16_000);
      refusals.push(await answer(article('a', 'x')));
    });
    await poll(telegram, bot);
    void ann.inline('x', { within: 60_000 }).catch(() => undefined);
    await telegram.until(() => refusals.length === 5);
    expect(refusals).toEqual([
      expect.stringContaining("can't parse entities"),
      'Bad Request: RESULT_ID_DUPLICATE',
      expect.stringContaining('message content is not specified'),
      'Bad Request: RESULTS_TOO_MUCH',
      expect.stringContaining('query is too old'),
    ]);
    telegram.world.inline.on = false;
    await expect(ann.inline('x')).rejects.toThrow('inline mode is off');
    expect((await bot.api.getMe()).supports_inline_queries).toBe(false);
  });
});
