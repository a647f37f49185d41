import type { Message, MessageEntity } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { heardOf } from '../../../bots/telegram/triggers.ts';
import { commandIn, withoutUs, wordsOf } from '../../../bots/telegram/words.ts';
import { detect } from '../../fakes/telegram/text/detect.ts';

const me = { id: 42, name: 'Wisecrack', username: 'wisecrack_bot', hearsAll: false, joinsGroups: true, inline: true };
const ada = { id: 7, is_bot: false, first_name: 'Ada', last_name: 'Lovelace', language_code: 'en-GB' };
const bob = { id: 8, is_bot: false, first_name: 'Bob' };
const us = { id: 42, is_bot: true, first_name: 'Wisecrack' };
const group = { id: -1001, type: 'supergroup', title: 'Club' };
const own = { id: 7, type: 'private', first_name: 'Ada' };

/** A message with what Telegram finds in its text. */
function said(text: string, about: object = {}): Message {
  const found = detect(text, []) as MessageEntity[];
  return { message_id: 5, date: 1, chat: group, from: ada, text, entities: found, ...about } as unknown as Message;
}
const inPrivate = { chat: own };
const replyTo = (from: object, text = 'before', more: object = {}) => ({
  reply_to_message: { message_id: 4, date: 1, chat: group, from, text, ...more },
});
const textMention = (text: string, user: object, about: object = {}) =>
  said(text, { entities: [{ type: 'text_mention', offset: 0, length: 3, user }], ...about });

describe('what a message turns to', () => {
  it.each<[string, Message, string | undefined, string?]>([
    ['a message to nobody', said('hello'), 'none', 'hello'],
    ['a message in private', said('hello', inPrivate), 'direct', 'hello'],
    ['a mention', said('@wisecrack_bot, hello'), 'mention', 'hello'],
    ['a mention in other letters', said('hello @WiseCrack_Bot'), 'mention', 'hello'],
    ['a mention in the middle', said('hello @wisecrack_bot there'), 'mention', 'hello @wisecrack_bot there'],
    ['a mention by name', textMention('Wis hello', us), 'mention', 'hello'],
    ['a mention of somebody else', said('@somebody hello'), 'none', '@somebody hello'],
    ['a mention of somebody else by name', textMention('Bob hello', bob), 'none', 'Bob hello'],
    ['a bot with a longer name', said('@wisecrack_bot2 hello'), 'none', '@wisecrack_bot2 hello'],
    ['a mail address', said('ada@wisecrack_bot.example'), 'none'],
    ['only a mention', said('@wisecrack_bot'), 'mention', ''],
    ['a reply to the bot', said('why?', replyTo(us)), 'reply', 'why?'],
    ['a reply to somebody else', said('why?', replyTo(bob)), 'none', 'why?'],
    ['/ask', said('/ask why?'), 'command', 'why?'],
    ['/ask of this bot', said('/ask@Wisecrack_bot why?'), 'command', 'why?'],
    ['/ask of another bot', said('/ask@other_bot why?'), undefined],
    ['/ask in private', said('/ask why?', inPrivate), 'command', 'why?'],
    ['/ask over lines', said('/ask\nwhy?\nhow?'), 'command', 'why?\nhow?'],
    ['a command in the middle', said('what does /ask do?'), 'none', 'what does /ask do?'],
    ['a command that nobody knows', said('/dance'), 'none', '/dance'],
    ['one for this bot', said('/dance@wisecrack_bot'), 'mention'],
    ['one in private', said('/dance', inPrivate), 'direct', '/dance'],
  ])('%s', (_, message, addressed, text) => {
    const heard = heardOf(message, me);
    expect(heard?.addressed).toBe(addressed);
    if (text !== undefined) expect(heard?.text).toBe(text);
  });

  it.each<[string, Message]>([
    ['that somebody joined', said('', { text: undefined, new_chat_members: [bob] })],
    ['our own words', said('hello', { from: us })],
    ['what inline mode said for somebody', said('hello', { via_bot: us })],
    ['what a channel sent into its group', said('news', { is_automatic_forward: true, sender_chat: { id: -5 } })],
  ])('nothing: %s', (_, message) => {
    expect(heardOf(message, me)).toBeUndefined();
  });
});

describe('a command that the persona answers', () => {
  it.each([
    ['/ask how?', { text: 'how?', addressed: 'command' }],
    ['/catchup 2h', { text: '', addressed: 'command', wish: { kind: 'catchup', range: '2h' } }],
    ['/catchup@wisecrack_bot', { text: '', addressed: 'command', wish: { kind: 'catchup', range: '' } }],
    ['/news sea shells', { text: '', addressed: 'command', wish: { kind: 'news', topic: 'sea shells' } }],
  ])('%s', (text, heard) => {
    expect(heardOf(said(text), me)).toMatchObject(heard);
  });

  it('is none of ours when it names another bot', () => {
    expect(heardOf(said('/catchup@other_bot'), me)).toBeUndefined();
  });
});

describe('who says it, and where', () => {
  it('in a group it is answered by a reply, and the group is the server', () => {
    expect(heardOf(said('hello'), me)).toEqual({
      id: '-1001/5',
      by: { id: '7', name: 'Ada Lovelace', isBot: false, roles: [], canManage: false, locale: 'en-GB' },
      at: {
        conversation: 'telegram:-1001',
        channel: '-1001',
        server: '-1001',
        direct: false,
        place: { channel: '-1001', replyTo: '-1001/5', extra: { locale: 'en-GB' } },
      },
      text: 'hello',
      addressed: 'none',
    });
  });

  it('in private it is answered without a reply, by somebody who may change all', () => {
    const heard = heardOf(said('hello', inPrivate), me);
    expect(heard?.by.canManage).toBe(true);
    expect(heard?.at).toEqual({
      conversation: 'telegram:7',
      channel: '7',
      direct: true,
      place: { channel: '7', extra: { locale: 'en-GB' } },
    });
  });

  it('a topic is a conversation of its own, within the pace of its group', () => {
    const heard = heardOf(said('hello', { is_topic_message: true, message_thread_id: 9 }), me);
    expect(heard?.at).toMatchObject({
      conversation: 'telegram:-1001/9',
      channel: '-1001/9',
      parentChannel: '-1001',
      server: '-1001',
      place: { channel: '-1001', extra: { topic: '9' } },
    });
  });

  it('the number of a thread of replies is no topic', () => {
    expect(heardOf(said('hello', { message_thread_id: 9 }), me)?.at.conversation).toBe('telegram:-1001');
  });

  it('the message that made a topic is replied to by nobody', () => {
    const about = { is_topic_message: true, message_thread_id: 4, ...replyTo(us, '', { forum_topic_created: {} }) };
    const heard = heardOf(said('hello', about), me);
    expect(heard?.addressed).toBe('none');
    expect(heard?.replyTo).toBeUndefined();
  });

  it('an administrator without a name is the group, and may change it', () => {
    const anonymous = { id: 1087968824, is_bot: true, first_name: 'Group' };
    expect(heardOf(said('hello', { from: anonymous, sender_chat: group }), me)?.by).toEqual({
      id: '-1001',
      name: 'Club',
      isBot: false,
      roles: [],
      canManage: true,
    });
    const channel = { id: -55, type: 'channel', title: 'News' };
    expect(heardOf(said('hello', { from: anonymous, sender_chat: channel }), me)?.by).toMatchObject({
      id: '-55',
      canManage: false,
    });
  });

  it('another bot is one', () => {
    expect(heardOf(said('hello', { from: { ...bob, is_bot: true } }), me)?.by.isBot).toBe(true);
  });
});

describe('what comes along', () => {
  it('the message that it replies to', () => {
    expect(heardOf(said('why?', replyTo(us, 'because @wisecrack_bot')), me)?.replyTo).toEqual({
      id: '-1001/4',
      name: 'Wisecrack',
      text: 'because @wisecrack_bot',
      own: true,
    });
    expect(heardOf(said('why?', replyTo(bob, '', { text: undefined, caption: 'my cat' })), me)?.replyTo).toMatchObject({
      name: 'Bob',
      text: 'my cat',
      own: false,
    });
  });

  it('only the part that somebody has quoted', () => {
    const quote = { text: 'a part', position: 0, is_manual: true };
    expect(heardOf(said('why?', { ...replyTo(bob), quote }), me)?.replyTo?.text).toBe('a part');
  });

  it('a quotation from another chat', () => {
    const external_reply = { origin: { type: 'hidden_user', sender_user_name: 'Eve', date: 1 } };
    const quote = { text: 'from afar', position: 0 };
    expect(heardOf(said('why?', { external_reply, quote }), me)?.replyTo).toMatchObject({
      name: 'Eve',
      text: 'from afar',
      own: false,
    });
  });

  it('pictures, with what stands below them', () => {
    const photo = { text: undefined, entities: undefined, photo: [{}, {}] };
    expect(heardOf(said('', { ...photo, ...inPrivate }), me)).toMatchObject({ text: '', attachments: 1 });
    const caption = { caption: '@wisecrack_bot look', caption_entities: [{ type: 'mention', offset: 0, length: 14 }] };
    expect(heardOf(said('', { ...photo, ...caption }), me)).toMatchObject({
      text: 'look',
      addressed: 'mention',
      attachments: 1,
    });
  });
});

describe('words', () => {
  it('a command is read with its bot and what stands behind it', () => {
    expect(commandIn(wordsOf(said('/Persona@x_bot  Old Brine ')))).toEqual({
      name: 'persona',
      bot: 'x_bot',
      rest: 'Old Brine',
    });
    expect(commandIn(wordsOf(said('see /help')))).toBeUndefined();
  });

  it('all mentions of the bot at either end go, and those in between stay', () => {
    const text = '@wisecrack_bot: @wisecrack_bot ask @wisecrack_bot about it, @wisecrack_bot';
    expect(withoutUs(wordsOf(said(text)), me)).toBe('ask @wisecrack_bot about it');
  });
});
