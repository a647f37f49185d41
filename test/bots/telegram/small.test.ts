import { describe, expect, it } from 'vitest';
import { Recent } from '../../../bots/chat/recent.ts';
import { checkTelegram, examine } from '../../../bots/telegram/check.ts';
import { definitions, isCommand, isQuestion } from '../../../bots/telegram/commands/definitions.ts';
import { moodOptions, personaInLink, settingsOptions } from '../../../bots/telegram/commands/options.ts';
import { draftId, readDraftId, readMessageId } from '../../../bots/telegram/ids.ts';
import { articleOf } from '../../../bots/telegram/inline.ts';
import { keyboardOf, pressData, readPress } from '../../../bots/telegram/keyboard.ts';
import { personaMenu, readChoice, settingsMenu } from '../../../bots/telegram/menus.ts';
import { Migrations } from '../../../bots/telegram/migrations.ts';
import { isSecret, isUpdate } from '../../../bots/telegram/webhook.ts';
import { startFakeTelegram } from '../../fakes/telegram/index.ts';

const dataOf = (menu: { inline_keyboard: { text: string; callback_data?: string }[][] }) =>
  menu.inline_keyboard.map((row) => row.map(({ callback_data }) => callback_data));

describe('a button of a reply', () => {
  it('names its job, and the longest job that we make fits', () => {
    const jobId = 'telegram:-1001234567890123/2147483647~12~0123abcd';
    const data = pressData('continue', jobId);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(readPress(data)).toEqual({ button: 'continue', jobId });
  });

  it('leaves a longer job to the message below which it stands', () => {
    const data = pressData('retry', `telegram:${'9'.repeat(80)}`);
    expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
    expect(readPress(data)).toEqual({ button: 'retry' });
  });

  it('is none when it says something else', () => {
    for (const data of ['', 'b:', 'b:dance:1', 'p:wit', 'b:constructor:1']) expect(readPress(data)).toBeUndefined();
  });

  it('stands in one row, once; without any, old ones go', () => {
    const row = keyboardOf({ buttons: ['retry', 'up', 'up', 'down'], jobId: 'j' }, 'en').inline_keyboard;
    expect(row.map((buttons) => buttons.map(({ text }) => text))).toEqual([['Retry', '👍', '👎']]);
    expect(keyboardOf({ buttons: [], jobId: 'j' }, 'en')).toEqual({ inline_keyboard: [] });
  });
});

describe('menus', () => {
  const personas = Array.from({ length: 19 }, (_, at) => ({ id: `p${at}`, name: `P ${at}` }));

  it('show the personas a page at a time', () => {
    expect(dataOf(personaMenu(personas, 0, 'en')).flat()).toEqual(
      [...'01234567'].map((at) => `p:p${at}`).concat('g:1'),
    );
    expect(dataOf(personaMenu(personas, 1, 'en')).at(-1)).toEqual(['g:0', 'g:2']);
    expect(dataOf(personaMenu(personas, 99, 'en'))).toEqual([['p:p16', 'p:p17'], ['p:p18'], ['g:1']]);
    expect(dataOf(personaMenu(personas.slice(0, 8), 0, 'en'))).toHaveLength(4);
    expect(dataOf(personaMenu([], 0, 'en'))).toEqual([]);
  });

  it('say what was chosen', () => {
    expect(readChoice('p:old-brine')).toEqual({ menu: 'persona', id: 'old-brine' });
    expect(readChoice('g:3')).toEqual({ menu: 'page', page: 3 });
    expect(readChoice('x')).toEqual({ menu: 'erase' });
    for (const data of dataOf(settingsMenu('zh')).flat()) expect(readChoice(data ?? '')?.menu).toBe('settings');
    for (const data of ['', 'g:-1', 'g:x', 'b:retry:1', 'q']) expect(readChoice(data)).toBeUndefined();
  });
});

describe('/settings', () => {
  it.each([
    ['', { key: 'show' }],
    ['persona wit', { key: 'persona', value: 'wit' }],
    ['keywords one, two  three', { key: 'keywords', value: 'one, two three' }],
    ['retention 7 topic', { key: 'retention', value: '7', scope: 'channel' }],
    ['keywords', { key: 'keywords' }],
    ['block user 42', { key: 'block', user: '42' }],
    ['allow channel -1001 remove', { key: 'allow', channel: '-1001', remove: 'true' }],
    ['block 42', { key: 'block', value: '42' }],
  ])('%s', (rest, options) => {
    expect(settingsOptions(rest)).toEqual(options);
  });
});

describe('commands', () => {
  it('are described in both languages for each kind of chat, as Telegram takes them', () => {
    expect(definitions).toHaveLength(6);
    for (const { commands } of definitions) {
      expect(new Set(commands.map(({ command }) => command)).size).toBe(commands.length);
      for (const { command, description } of commands) {
        expect(command).toMatch(/^[a-z0-9_]{1,32}$/);
        expect(description.length).toBeGreaterThan(0);
        expect(description.length).toBeLessThanOrEqual(256);
      }
    }
    const names = (at: number) => definitions[at]?.commands.map(({ command }) => command);
    expect(names(0)).toContain('start');
    expect(names(2)).not.toContain('settings');
    expect(names(4)).toContain('settings');
  });

  it('are known, but for questions', () => {
    const names = ['reset', 'start', 'ask', 'catchup', 'news', 'constructor', 'dance'];
    expect(names.filter(isCommand)).toEqual(['reset', 'start']);
    expect(names.filter(isQuestion)).toEqual(['ask', 'catchup', 'news']);
  });

  it('a mood is for the person, or for the whole chat', () => {
    expect(moodOptions('')).toEqual({});
    expect(moodOptions(' wild ')).toEqual({ name: 'wild' });
    expect(moodOptions('as usual')).toEqual({ name: 'as usual' });
    expect(moodOptions('wild chat')).toEqual({ name: 'wild', scope: 'channel' });
    expect(moodOptions('chat')).toEqual({ name: 'chat' });
  });

  it('a deep link may name a persona', () => {
    expect(personaInLink('persona_old-brine')).toBe('old-brine');
    expect(personaInLink('inline')).toBeUndefined();
    expect(personaInLink('persona_../x')).toBeUndefined();
  });
});

describe('ids', () => {
  it('are read as they were made', () => {
    expect(readMessageId('-1001/5')).toEqual({ chat: -1001, message: 5 });
    expect(readMessageId('draft/7/5')).toBeUndefined();
    const id = draftId(7, 'nonce');
    expect(readDraftId(id)?.chat).toBe(7);
    expect(readDraftId(id)?.draft).toBeGreaterThan(0);
    expect(draftId(7, 'nonce')).toBe(id);
    expect(draftId(7, 'other')).not.toBe(id);
    expect(readDraftId('7/5')).toBeUndefined();
  });
});

describe('small things', () => {
  it('a migration is told once, however often Telegram says so', () => {
    const told: number[][] = [];
    const migrations = new Migrations((from, to) => told.push([from, to]));
    migrations.note(-1, -1001);
    migrations.note(-1, -1001);
    expect(told).toEqual([[-1, -1001]]);
    expect([migrations.current(-1), migrations.current(-2)]).toEqual([-1001, -2]);
  });

  it('what is recent is remembered, up to a number and for a while', () => {
    const recent = new Recent<number>(2);
    for (const at of [1, 2, 1, 3]) recent.set(`${at}`, at);
    expect(['1', '2', '3'].map((key) => recent.get(key))).toEqual([1, undefined, 3]);
    const past = new Recent<number>(2, 0);
    past.set('a', 1);
    expect(past.get('a')).toBeUndefined();
  });

  it('a secret is the right one or not', () => {
    expect(isSecret('right', 'right')).toBe(true);
    for (const wrong of ['wrong', 'right ', '', undefined, ['right']]) expect(isSecret(wrong, 'right')).toBe(false);
  });

  it('an update has a number', () => {
    expect(isUpdate({ update_id: 1 })).toBe(true);
    for (const other of [null, undefined, 'x', {}, { update_id: '1' }, []]) expect(isUpdate(other)).toBe(false);
  });

  it('an inline answer fits into a message, however long it is', () => {
    const article = articleOf('why\nso?', `**because** ${'x'.repeat(5000)}`);
    if (article.type !== 'article' || !('message_text' in article.input_message_content)) throw new Error('no text');
    expect(article.title).toBe('why so?');
    expect(article.input_message_content.message_text.length).toBeLessThanOrEqual(4096);
    expect(articleOf('why?', '**so**')).toMatchObject({
      description: 'so',
      input_message_content: {
        message_text: 'why?\n\nso',
        entities: [
          { type: 'blockquote', offset: 0, length: 4 },
          { type: 'bold', offset: 6, length: 2 },
        ],
      },
    });
  });
});

describe('doctor', () => {
  const user = {
    id: 42,
    is_bot: true,
    first_name: 'Wisecrack',
    username: 'wisecrack_bot',
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: true,
  } as Parameters<typeof examine>[0];
  const none = { url: '', has_custom_certificate: false, pending_update_count: 0 } as Parameters<typeof examine>[1];

  it('explains privacy mode', () => {
    const { notes, bot } = examine(user, none);
    expect(bot?.hearsAll).toBe(false);
    expect(notes).toMatchObject([{ level: 'hint', found: expect.stringContaining('privacy mode') }]);
    expect(examine({ ...user, can_read_all_group_messages: true }, none).notes).toEqual([]);
  });

  it('says what stands in the way', () => {
    expect(examine({ ...user, can_join_groups: false }, none).notes[0]?.found).toContain('groups');
    expect(examine({ ...user, supports_inline_queries: false }, none).notes.at(-1)?.found).toContain('inline');
    const called = { ...none, url: 'https://x.example', last_error_message: 'Wrong', last_error_date: 0 };
    expect(examine(user, called).notes.map(({ level }) => level)).toEqual(['hint', 'hint', 'wrong']);
    expect(examine(user, called, { webhook: 'https://x.example' }).notes).toHaveLength(2);
  });

  it('asks Telegram, and never shows the token', async () => {
    const telegram = await startFakeTelegram({ readsAll: true });
    const { token, url: apiRoot } = telegram;
    expect(await checkTelegram({ token, apiRoot: `${apiRoot}/` })).toMatchObject({
      token: 'valid',
      bot: { username: 'wisecrack_bot', hearsAll: true },
      notes: [],
    });
    expect(await checkTelegram({ token: '1:wrong', apiRoot })).toMatchObject({ token: 'invalid' });
    await telegram.close();
    const away = await checkTelegram({ token, apiRoot });
    expect(away.token).toBe('unreachable');
    expect(JSON.stringify(away)).not.toContain(token);
  });
});
