import { type Bot, InputFile } from 'grammy';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newBot, poll, refusal } from './fixtures/bot.ts';
import { type Chat, type FakeTelegram, type Person, startFakeTelegram } from './index.ts';

let telegram: FakeTelegram;
let bot: Bot;
let ann: Person;
let ben: Person;
let group: Chat;

const many = { requests: 1000, perMs: 1000 };
const keys = (...labels: string[]) => ({
  inline_keyboard: [labels.map((text) => ({ text, callback_data: text.toLowerCase() }))],
});

beforeAll(async () => {
  telegram = await startFakeTelegram({ limits: { private: many, group: many, overall: many } });
  bot = newBot(telegram);
  bot.on('message:text', async (context) => {
    if (context.message.text === 'hi')
      await context.reply('Hello', { reply_parameters: { message_id: context.message.message_id } });
  });
  await poll(telegram, bot);
});

let count = 0;
beforeEach(() => {
  ann = telegram.addUser({ first_name: 'Ann', username: `ann_${++count}`, language_code: 'en' });
  ben = telegram.addUser({ first_name: 'Ben' });
  group = telegram.addGroup({ title: 'Home', supergroup: true, admins: [ann], members: [ann, ben] });
  ann.starts();
});

afterAll(async () => {
  await bot.stop();
  await telegram.close();
});

describe('messages', () => {
  it('reach the bot, and its reply, edit and deletion are what a reader sees', async () => {
    ann.writes('hi');
    await ann.chat.sees('Wisecrack (reply to Ann): Hello');
    const { message_id } = await bot.api.sendMessage(ann.id, '<b>Hel</b>', {
      parse_mode: 'HTML',
      reply_markup: keys('Stop'),
    });
    expect(ann.chat.shows().at(-1)).toBe('Wisecrack: <b>Hel</b> [Stop]');
    await bot.api.editMessageText(ann.id, message_id, '<b>Hello</b> there', { parse_mode: 'HTML' });
    expect(ann.chat.shows().at(-1)).toBe('Wisecrack: <b>Hello</b> there');
    await bot.api.editMessageReplyMarkup(ann.id, message_id, { reply_markup: keys('Retry') });
    expect(ann.chat.shows().at(-1)).toBe('Wisecrack: <b>Hello</b> there [Retry]');
    await bot.api.deleteMessage(ann.id, message_id);
    expect(ann.chat.shows()).toEqual(['Ann: /start', 'Ann: hi', 'Wisecrack (reply to Ann): Hello']);
    expect(ann.chat.history.map(({ kind }) => kind).slice(-4)).toEqual(['create', 'edit', 'edit', 'delete']);
    expect(ann.chat.counts).toEqual({ sends: 2, edits: 2, drafts: 0, deletes: 1 });
  });

  it('have the form of grammY when they come back', async () => {
    const sent = await bot.api.sendMessage(ann.id, 'x *y*', { parse_mode: 'MarkdownV2' });
    expect(sent).toMatchObject({
      text: 'x y',
      chat: { id: ann.id, type: 'private', first_name: 'Ann', username: ann.username },
      from: { id: telegram.bot.id, is_bot: true, username: 'wisecrack_bot' },
      entities: [{ type: 'bold', offset: 2, length: 1 }],
    });
    const edited = await bot.api.editMessageText(ann.id, sent.message_id, 'z');
    expect(edited).toMatchObject({ message_id: sent.message_id, text: 'z', edit_date: expect.any(Number) });
  });

  it('can be deleted many at once, and those that are gone are skipped', async () => {
    const [a, b] = [await bot.api.sendMessage(ann.id, 'a'), await bot.api.sendMessage(ann.id, 'b')];
    await bot.api.deleteMessages(ann.id, [a.message_id, b.message_id, 999_999]);
    expect(ann.chat.shows()).toEqual(['Ann: /start']);
  });

  it('show their preview unless it is disabled', async () => {
    const text = 'see https://example.com';
    await bot.api.sendMessage(ann.id, text);
    expect(ann.chat.shows().at(-1)).toBe(`Wisecrack: ${text} {preview https://example.com}`);
    await bot.api.sendMessage(ann.id, text, { link_preview_options: { is_disabled: true } });
    expect(ann.chat.shows().at(-1)).toBe(`Wisecrack: ${text}`);
  });

  it('call those whose names stand in them', async () => {
    const zed = telegram.addUser({ first_name: 'Zed', username: 'zed_z' });
    const before = telegram.pings.length;
    await bot.api.sendMessage(group.id, `@zed_z and ${zed.first_name} are not here`);
    await bot.api.sendMessage(group.id, `<code>@${ann.username}</code>`, { parse_mode: 'HTML' });
    expect(telegram.pings).toHaveLength(before);
    await bot.api.sendMessage(group.id, `@${ann.username} <a href="tg://user?id=${ben.id}">Ben</a>`, {
      parse_mode: 'HTML',
    });
    expect(telegram.pings.at(-1)).toMatchObject({ users: ['Ann', 'Ben'], kind: 'create', chat: 'Home' });
  });

  it('go as files, by upload and by id, and are downloaded', async () => {
    const sent = await bot.api.sendDocument(ann.id, new InputFile(Buffer.from('print(1)\r\n'), 'code.py'), {
      caption: '<b>code</b>',
      parse_mode: 'HTML',
      reply_markup: keys('Stop'),
    });
    expect(ann.chat.shows().at(-1)).toBe('Wisecrack: <b>code</b> [file code.py] [Stop]');
    await bot.api.sendDocument(ann.id, sent.document.file_id);
    const { file_path } = await bot.api.getFile(sent.document.file_id);
    const file = await fetch(`${telegram.url}/file/bot${telegram.token}/${file_path}`);
    expect(await file.text()).toBe('print(1)\r\n');
    telegram.filesOff();
    expect(await refusal(bot.api.getFile(sent.document.file_id))).toContain('Internal Server Error');
    expect(await refusal(bot.api.sendDocument(ann.id, new InputFile(Buffer.from('x'), 'x')))).toContain('Internal');
    telegram.filesOff(false);
  });

  it('can be asked for by form and by address too', async () => {
    const form = new URLSearchParams({
      chat_id: String(ann.id),
      text: 'by form',
      reply_markup: JSON.stringify(keys('Stop')),
    });
    const root = `${telegram.url}/bot${telegram.token}`;
    await fetch(`${root}/sendMessage`, { method: 'POST', body: form });
    await fetch(`${root}/SendMessage?chat_id=${ann.id}&text=by+address`);
    expect(ann.chat.shows().slice(1)).toEqual(['Wisecrack: by form [Stop]', 'Wisecrack: by address']);
    expect(telegram.requestsOf('sendMessage').at(-1)?.body).toEqual({ chat_id: String(ann.id), text: 'by address' });
  });

  it('get reactions, and say what the bot is doing', async () => {
    const said = ann.writes('nice');
    await bot.api.setMessageReaction(ann.id, said.id, [{ type: 'emoji', emoji: '🎉' }]);
    expect([...(said.reactions.get(telegram.bot.id) ?? [])]).toEqual(['🎉']);
    await bot.api.sendChatAction(ann.id, 'typing');
    expect(ann.chat.action?.action).toBe('typing');
    expect(await refusal(bot.api.sendChatAction(ann.id, 'sleeping' as 'typing'))).toContain('wrong parameter action');
  });
});

describe('what Telegram refuses', () => {
  it('a text that it cannot take', async () => {
    const send = (text: string, parse_mode?: 'HTML' | 'MarkdownV2') =>
      refusal(bot.api.sendMessage(ann.id, text, { ...(parse_mode && { parse_mode }) }));
    expect(await send('<b>x', 'HTML')).toBe(
      'Bad Request: can\'t parse entities: Can\'t find end tag corresponding to start tag "b"',
    );
    expect(await send('a.', 'MarkdownV2')).toBe(
      "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
    );
    expect(await send(' ')).toBe('Bad Request: message text is empty');
    expect(await send('x'.repeat(4097))).toBe('Bad Request: message is too long');
    expect(await refusal(bot.api.sendMessage(ann.id, 'x', { parse_mode: 'BB' as 'HTML' }))).toBe(
      'Bad Request: unsupported parse_mode',
    );
    expect(ann.chat.shows()).toEqual(['Ann: /start']);
  });

  it('edits that change nothing, or of what cannot be edited', async () => {
    const { message_id } = await bot.api.sendMessage(ann.id, 'a', { reply_markup: keys('Stop') });
    const edit = (id: number, text: string, more = {}) => refusal(bot.api.editMessageText(ann.id, id, text, more));
    expect(await edit(message_id, 'a', { reply_markup: keys('Stop') })).toContain('message is not modified');
    await bot.api.editMessageText(ann.id, message_id, 'a');
    expect(await edit(message_id, 'a')).toContain('message is not modified');
    await bot.api.editMessageText(ann.id, message_id, '<b>a</b>', { parse_mode: 'HTML' });
    expect(await edit(999_999, 'a')).toBe('Bad Request: message to edit not found');
    expect(await edit(ann.writes('mine').id, 'a')).toBe("Bad Request: message can't be edited");
    await bot.api.deleteMessage(ann.id, message_id);
    expect(await edit(message_id, 'b')).toBe('Bad Request: message to edit not found');
  });

  it('deletions and answers of what is not there', async () => {
    expect(await refusal(bot.api.deleteMessage(ann.id, 999_999))).toBe('Bad Request: message to delete not found');
    const old = await bot.api.sendMessage(ann.id, 'old');
    telegram.clock.forward(48 * 3_600_000 + 1000);
    expect(await refusal(bot.api.deleteMessage(ann.id, old.message_id))).toBe("Bad Request: message can't be deleted");
    const said = ben.says(group, 'theirs');
    expect(await refusal(bot.api.deleteMessage(group.id, said.id))).toBe("Bad Request: message can't be deleted");
    const reply = (more = {}) =>
      bot.api.sendMessage(ann.id, 'x', { reply_parameters: { message_id: 999_999, ...more } });
    expect(await refusal(reply())).toBe('Bad Request: message to be replied not found');
    await reply({ allow_sending_without_reply: true });
    expect(ann.chat.shows().at(-1)).toBe('Wisecrack: x');
  });

  it('buttons that are badly made', async () => {
    const send = (...buttons: object[]) =>
      refusal(bot.api.sendMessage(ann.id, 'x', { reply_markup: { inline_keyboard: [buttons as never] } }));
    expect(await send({ text: 'a', callback_data: 'x'.repeat(65) })).toBe('Bad Request: BUTTON_DATA_INVALID');
    expect(await send({ text: 'a', callback_data: 'ü'.repeat(33) })).toBe('Bad Request: BUTTON_DATA_INVALID');
    expect(await send({ text: 'a' })).toContain('Text buttons are unallowed in the inline keyboard');
    expect(await send({ text: 'a', url: 'no address' })).toBe('Bad Request: BUTTON_URL_INVALID');
    const wrong = { reply_markup: 'x' as never };
    expect(await refusal(bot.api.sendMessage(ann.id, 'x', wrong))).toBe('Bad Request: object expected as reply markup');
    const { message_id } = await bot.api.sendMessage(ann.id, 'x');
    const keyboard = { reply_markup: { remove_keyboard: true } as never };
    expect(await refusal(bot.api.editMessageText(ann.id, message_id, 'y', keyboard))).toContain(
      'inline keyboard expected',
    );
  });

  it('chats that are not there or not open to it', async () => {
    const send = (id: number) => refusal(bot.api.sendMessage(id, 'x'));
    expect(await send(12_345)).toBe('Bad Request: chat not found');
    expect(await send(ben.id)).toBe("Forbidden: bot can't initiate conversation with a user");
    ann.blocks();
    expect(await send(ann.id)).toBe('Forbidden: bot was blocked by the user');
    ann.starts();
    await bot.api.sendMessage(ann.id, 'back');
    group.kickBot(ann);
    expect(await send(group.id)).toBe('Forbidden: bot was kicked from the supergroup chat');
    group.addBot(ann);
    await bot.api.leaveChat(group.id);
    expect(await send(group.id)).toBe('Forbidden: bot is not a member of the supergroup chat');
    const quiet = telegram.addGroup({ title: 'Quiet', members: [ann] });
    quiet.canSend = false;
    expect(await send(quiet.id)).toBe('Bad Request: not enough rights to send text messages to the chat');
    quiet.delete();
    expect(await send(quiet.id)).toBe('Bad Request: chat not found');
  });

  it('a wrong token and an unknown method', async () => {
    const ask = async (path: string) => {
      const answer = await fetch(`${telegram.url}/${path}`);
      return [answer.status, await answer.json()];
    };
    expect(await ask('bot1:nonsense/getMe')).toEqual([
      401,
      { ok: false, error_code: 401, description: 'Unauthorized' },
    ]);
    expect(await ask('botnonsense/getMe')).toEqual([404, { ok: false, error_code: 404, description: 'Not Found' }]);
    expect(await ask(`bot${telegram.token}/flyToTheMoon`)).toEqual([
      404,
      { ok: false, error_code: 404, description: 'Not Found: method not found' },
    ]);
    expect(await ask(`bot${telegram.token}/sendMessage?text=x`)).toEqual([
      400,
      { ok: false, error_code: 400, description: 'Bad Request: parameter "chat_id" is required' },
    ]);
  });
});
