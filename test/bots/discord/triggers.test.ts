import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, mentions } from '../../../bots/discord/clean.ts';
import { heardOf, type Seen, type Self } from '../../../bots/discord/triggers.ts';

const BOT = '900000000000000001';
const APP = '900000000000000002';
const ROLE = '900000000000000003';
const self: Self = { id: BOT, name: 'Wisecrack', application: APP, roles: [ROLE] };
const names = {
  users: new Map([
    ['100000000000000001', 'Ada'],
    ['100000000000000002', '<@900000000000000001>'],
  ]),
  roles: new Map([['300000000000000001', 'mods']]),
  channels: new Map([['200000000000000001', 'general']]),
};
const ada = { id: '100000000000000001', name: 'Ada', isBot: false, roles: [], canManage: false };

const seen = (about: Partial<Seen> = {}): Seen => ({
  id: '500000000000000001',
  content: 'hello',
  author: ada,
  system: false,
  channel: '200000000000000001',
  server: '400000000000000001',
  names,
  attachments: 0,
  ...about,
});

describe('what a message turns to', () => {
  it.each<[string, Partial<Seen>, string]>([
    ['a message to nobody', {}, 'none'],
    ['a mention', { content: `<@${BOT}> hello` }, 'mention'],
    ['a mention in the old form', { content: `hello <@!${BOT}>` }, 'mention'],
    ['a mention of the bot role', { content: `<@&${ROLE}> hello` }, 'mention'],
    ['a mention of another role', { content: '<@&300000000000000001> hello' }, 'none'],
    ['a mention of somebody else', { content: '<@100000000000000001> hello' }, 'none'],
    ['a channel whose id is the bot', { content: `<#${BOT}> hello` }, 'none'],
    ['a reply to the bot', { replyTo: { id: '1', author: { id: BOT, name: 'Wisecrack' } } }, 'reply'],
    [
      'a reply to a persona, which a webhook of ours spoke for',
      { replyTo: { id: '1', author: { id: '77', name: 'Old Brine' }, application: APP } },
      'reply',
    ],
    ['a reply to somebody else', { replyTo: { id: '1', author: { id: '88', name: 'Bob' } } }, 'none'],
    ['a reply to a message that is gone', { replyTo: { id: '1' } }, 'none'],
    ['a thread of the bot', { thread: { parent: '201', ours: true } }, 'thread'],
    ['a thread of others', { thread: { parent: '201', ours: false } }, 'none'],
    ['a mention in a thread of the bot', { content: `<@${BOT}> hi`, thread: { parent: '201', ours: true } }, 'mention'],
    [
      'a mention that is also a reply',
      { content: `<@${BOT}> hi`, replyTo: { id: '1', author: { id: BOT, name: 'W' } } },
      'mention',
    ],
  ])('%s', (_, about, addressed) => {
    expect(heardOf(seen(about), self)?.addressed).toBe(addressed);
  });

  it('is the bot in a direct message, whatever it says', () => {
    const { server: _, ...direct } = seen();
    expect(heardOf(direct, self)).toMatchObject({ addressed: 'direct', at: { direct: true } });
  });

  it.each<[string, Partial<Seen>]>([
    ['its own words', { author: { ...ada, id: BOT, isBot: true } }],
    [
      'the words of a persona, which a webhook of ours spoke',
      { author: { ...ada, id: '77', isBot: true }, application: APP },
    ],
    ['a system message', { system: true }],
    ['what it is not told for want of an intent', { content: '' }],
    ['nothing in its own thread', { content: ' ', thread: { parent: '201', ours: true } }],
  ])('ignores %s', (_, about) => {
    expect(heardOf(seen(about), self)).toBeUndefined();
  });

  it.each<[string, Partial<Seen>, object]>([
    ['another bot', { author: { ...ada, isBot: true } }, { by: { isBot: true } }],
    ['a webhook of others', { author: { ...ada, id: '79', isBot: true }, application: '78' }, { text: 'hello' }],
    ['a bare mention', { content: `<@${BOT}>` }, { text: '', addressed: 'mention' }],
    ['pictures without a word', { content: '', attachments: 2 }, { text: '', attachments: 2 }],
  ])('hears %s', (_, about, heard) => {
    expect(heardOf(seen(about), self)).toMatchObject(heard);
  });

  it('knows what is replied to, with names instead of ids', () => {
    const replyTo = { id: '7', author: { id: BOT, name: 'Wisecrack' }, content: 'ask <@100000000000000001>' };
    expect(heardOf(seen({ replyTo }), self)?.replyTo).toEqual({
      id: '7',
      name: 'Wisecrack',
      text: 'ask @Ada',
      own: true,
    });
  });

  it('answers in the thread, below the message, in the language of the server', () => {
    const { at } =
      heardOf(seen({ channel: '202', thread: { parent: '201', ours: true }, locale: 'zh-CN' }), self) ?? {};
    expect(at).toEqual({
      conversation: 'discord:202',
      channel: '202',
      parentChannel: '201',
      server: '400000000000000001',
      direct: false,
      place: { channel: '202', replyTo: '500000000000000001', extra: { locale: 'zh-CN', parent: '201' } },
    });
  });
});

describe('the text of a message', () => {
  it.each([
    [`<@${BOT}> how are you?`, 'how are you?'],
    [`<@!${BOT}>, how are you?`, 'how are you?'],
    [`  <@${BOT}> <@&${ROLE}> how are you?`, 'how are you?'],
    [`how are you, <@${BOT}>`, 'how are you'],
    [`is <@${BOT}> a bot?`, 'is @Wisecrack a bot?'],
    [`<@${BOT}>`, ''],
    ['ask <@100000000000000001> or <@!100000000000000001>', 'ask @Ada or @Ada'],
    ['ask <@100000000000000009>', 'ask @somebody'],
    ['<@&300000000000000001> in <#200000000000000001>', '@mods in #general'],
    ['<@&1> in <#2>', '@role in #channel'],
    ['<:party:123456> <a:dance_2:123>', ':party: :dance_2:'],
    ['at <t:0:R> or <t:1700000000>', 'at 1970-01-01 00:00 or 2023-11-14 22:13'],
    ['at <t:9999999999999>', 'at <t:9999999999999>'],
    ['try </ask:123456> or </persona set:123>', 'try /ask or /persona set'],
    ['@everyone, 1 < 2 > 0, <b>no</b>', '@everyone, 1 < 2 > 0, <b>no</b>'],
    ['a\nb', 'a\nb'],
  ])('%j reads %j', (text, read) => {
    expect(clean(text, names, self)).toBe(read);
  });

  it('takes a name that looks like a mention for a name', () => {
    expect(clean('hi <@100000000000000002>', names, self)).toBe(`hi @<@${BOT}>`);
  });

  it('is read whatever it is', () => {
    const odd = fc.constantFrom(
      '<',
      '@',
      '!',
      '&',
      '#',
      '>',
      ':',
      'a:',
      't:',
      BOT,
      ROLE,
      `<@${BOT}>`,
      ' ',
      ',',
      '\n',
      '\u200b',
      '😀',
      '\ud800',
    );
    const text = fc.array(fc.oneof(odd, fc.string()), { maxLength: 200 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (text) => {
        const read = clean(text, names, self);
        expect(read).toBe(read.trim());
        if (!text.includes('<')) expect(read).toBe(text.trim());
        expect(mentions(read, { ...self, name: 'x' }) && !mentions(text, self)).toBe(false);
      }),
    );
    expect(clean(`${`<@${BOT}> , `.repeat(50_000)}x`, names, self)).toBe('x');
    expect(clean(`x${', '.repeat(2000)}y`, names, self)).toBe(`x${', '.repeat(2000)}y`);
  });
});
