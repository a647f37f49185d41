import type { Bot, Context } from 'grammy';
import { afterEach, describe, expect, it } from 'vitest';
import { newBot, poll, refusal } from './fixtures/bot.ts';
import { type FakeTelegram, type FakeTelegramOptions, type Person, startFakeTelegram } from './index.ts';

let telegram: FakeTelegram;
let bot: Bot;
let ann: Person;
let ben: Person;
let heard: string[];

const many = { requests: 1000, perMs: 1000 };

/** @param prepare - adds what one test listens for, before the bot runs. */
async function start(options: FakeTelegramOptions = {}, prepare: () => void = () => undefined): Promise<void> {
  telegram = await startFakeTelegram({ limits: { private: many, group: many, overall: many }, ...options });
  bot = newBot(telegram);
  ann = telegram.addUser({ first_name: 'Ann', username: 'ann_a', language_code: 'zh-hans' });
  ben = telegram.addUser({ first_name: 'Ben' });
  heard = [];
  prepare();
  bot.on('message:text', ({ message }) => void heard.push(message.text));
  bot.on('edited_message:text', ({ editedMessage }) => void heard.push(`edited: ${editedMessage.text}`));
  bot.on('my_chat_member', ({ myChatMember: { old_chat_member, new_chat_member } }) => {
    heard.push(`${old_chat_member.status} > ${new_chat_member.status}`);
  });
  bot.on(
    'chat_member',
    ({
      chatMember: {
        new_chat_member: { user, status },
      },
    }) => {
      heard.push(`${user.first_name} is ${status}`);
    },
  );
  bot.on('message:new_chat_members', () => void heard.push('joined'));
  bot.on('message:left_chat_member', () => void heard.push('left'));
  await poll(telegram, bot);
}

/** Writes something that always gets through, and gives all that was heard before. */
async function heardSoFar(): Promise<string[]> {
  const end = `end ${heard.length}`;
  ann.writes(end);
  await telegram.until(() => heard.includes(end));
  return heard.splice(0).filter((one) => one !== end);
}

afterEach(async () => {
  await bot.stop();
  await telegram.close();
});

describe('privacy mode', () => {
  it('lets commands, replies, mentions and service messages through', async () => {
    await start();
    const group = telegram.addGroup({ title: 'Home', admins: [ben] });
    expect(await heardSoFar()).toEqual(['left > member', 'joined']);
    const { message_id } = await bot.api.sendMessage(group.id, 'hello');
    const own = group.messages.get(message_id);
    ann.says(group, 'between us');
    ann.says(group, '/ask why');
    ann.says(group, '/ask@wisecrack_bot why');
    ann.says(group, '/ask@another_bot why');
    ann.says(group, 'so, @WiseCrack_bot?');
    ann.says(group, 'a reply', { replyTo: own });
    ann.says(group, 'a reply to Ann', { replyTo: ann.says(group, 'hm') });
    ann.edits(ann.says(group, 'quiet'), 'still quiet');
    ann.edits(ann.says(group, '/ask a'), '/ask b');
    expect(await heardSoFar()).toEqual([
      '/ask why',
      '/ask@wisecrack_bot why',
      'so, @WiseCrack_bot?',
      'a reply',
      '/ask a',
      'edited: /ask b',
    ]);
    expect((await bot.api.getMe()).can_read_all_group_messages).toBe(false);
  });

  it('may keep mentions back, and keeps back nothing from administrators', async () => {
    await start({ mentionsHeard: false });
    const group = telegram.addGroup({ title: 'Home', admins: [ben] });
    await heardSoFar();
    ann.says(group, '@wisecrack_bot?');
    expect(await heardSoFar()).toEqual([]);
    group.promoteBot();
    ann.says(group, 'between us');
    expect(await heardSoFar()).toEqual(['member > administrator', 'between us']);
  });

  it('can be off, and other bots can be heard or not', async () => {
    await start({ readsAll: true, hearsBots: false });
    const robot = telegram.addUser({ first_name: 'Robot', is_bot: true });
    const group = telegram.addGroup({ title: 'Home' });
    await heardSoFar();
    expect((await bot.api.getMe()).can_read_all_group_messages).toBe(true);
    robot.says(group, 'beep');
    ann.says(group, 'between us');
    expect(await heardSoFar()).toEqual(['between us']);
    telegram.world.privacy.otherBots = true;
    robot.says(group, 'beep');
    expect(await heardSoFar()).toEqual(['beep']);
    expect(await refusal(bot.api.sendMessage(robot.id, 'beep'))).toBe("Forbidden: bot can't send messages to bots");
  });
});

describe('a chat', () => {
  it('is blocked and unblocked by its user', async () => {
    await start();
    ann.starts();
    ann.blocks();
    expect(() => ann.writes('x')).toThrow('has blocked the bot');
    ann.starts('persona_x');
    expect(await heardSoFar()).toEqual(['/start', 'member > kicked', 'kicked > member', '/start persona_x']);
  });

  it('loses the bot, which hears of it and no more', async () => {
    await start({ readsAll: true });
    const group = telegram.addGroup({ title: 'Home' });
    await heardSoFar();
    group.kickBot();
    ann.says(group, 'alone at last');
    expect(await heardSoFar()).toEqual(['member > kicked', 'left']);
  });

  it('becomes a supergroup with another id', async () => {
    const moves: unknown[] = [];
    await start({ readsAll: true }, () => {
      bot.on(['message:migrate_to_chat_id', 'message:migrate_from_chat_id'], ({ message }: Context) => {
        moves.push(message?.migrate_to_chat_id ?? message?.migrate_from_chat_id);
      });
    });
    const group = telegram.addGroup({ title: 'Home' });
    const heir = group.migrate();
    expect(heir.id).toBeLessThan(-1_000_000_000_000);
    await telegram.until(() => moves.length === 2);
    expect(moves).toEqual([heir.id, group.id]);
    const error = await bot.api.sendMessage(group.id, 'x').catch((error: unknown) => error);
    expect(error).toMatchObject({
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: heir.id },
    });
    await bot.api.sendMessage(heir.id, 'here now');
    expect(heir.shows()).toEqual(['(migrate_from_chat_id)', 'Wisecrack: here now']);
    expect(() => ann.says(group, 'x')).toThrow('is a supergroup now');
    ann.says(heir, 'so are we');
  });

  it('says who is in it and who runs it', async () => {
    await start();
    const group = telegram.addGroup({ title: 'Home', supergroup: true, admins: [ann] });
    expect(await bot.api.getChat(group.id)).toMatchObject({ type: 'supergroup', title: 'Home' });
    expect(await bot.api.getChat(ann.id)).toMatchObject({ type: 'private', username: 'ann_a' });
    expect((await bot.api.getChatMember(group.id, ann.id)).status).toBe('creator');
    expect((await bot.api.getChatMember(group.id, ben.id)).status).toBe('member');
    ben.leaves(group);
    expect((await bot.api.getChatMember(group.id, ben.id)).status).toBe('left');
    expect(() => ben.says(group, 'x')).toThrow('Ben is not in "Home"');
    await heardSoFar();
    group.promoteBot();
    ben.joins(group);
    expect(await heardSoFar()).toEqual(['member > administrator', 'Ben is member', 'joined']);
    const admins = await bot.api.getChatAdministrators(group.id);
    expect(admins.map(({ user }) => user.first_name).sort()).toEqual(['Ann', 'Wisecrack']);
    expect(await refusal(bot.api.getChatMember(group.id, 1))).toBe('Bad Request: user not found');
  });
});

describe('a forum', () => {
  it('has topics, where messages stay together', async () => {
    const seen: unknown[] = [];
    await start({ readsAll: true }, () => {
      bot.on('message:text', ({ message }) => {
        seen.push([message.message_thread_id, message.is_topic_message, message.reply_to_message?.message_id]);
      });
    });
    const forum = telegram.addGroup({ title: 'Forum', forum: true, admins: [ann] });
    const topic = forum.addTopic('Jokes');
    const said = ann.says(forum, 'in here', { topic });
    ann.says(forum, 'again', { replyTo: said });
    ann.says(forum, 'outside', { replyTo: ann.says(forum, 'of it') });
    await telegram.until(() => seen.length === 4);
    // In a topic, what answers nothing else answers the message that opened it.
    expect(seen).toEqual([
      [topic.id, true, topic.id],
      [topic.id, true, said.id],
      [undefined, undefined, undefined],
      [said.id + 2, undefined, said.id + 2],
    ]);
    await bot.api.sendMessage(forum.id, 'yes', { message_thread_id: topic.id });
    await bot.api.sendMessage(forum.id, 'elsewhere');
    await bot.api.sendMessage(forum.id, 'a reply', { reply_parameters: { message_id: said.id } });
    expect(forum.shows(topic)).toEqual([
      '(forum_topic_created)',
      'Ann: in here',
      'Ann (reply to Ann): again',
      'Wisecrack: yes',
      'Wisecrack (reply to Ann): a reply',
    ]);
  });

  it('closes topics, which the bot cannot write in then', async () => {
    await start();
    const forum = telegram.addGroup({ title: 'Forum', forum: true, admins: [ann] });
    const topic = forum.addTopic('Jokes');
    const send = (thread: number) => bot.api.sendMessage(forum.id, 'x', { message_thread_id: thread });
    await send(topic.id);
    forum.closeTopic(topic);
    expect(await refusal(send(topic.id))).toBe('Bad Request: TOPIC_CLOSED');
    const reply = bot.api.sendMessage(forum.id, 'x', { reply_parameters: { message_id: topic.id } });
    expect(await refusal(reply)).toBe('Bad Request: TOPIC_CLOSED');
    expect(() => ben.says(forum, 'x', { topic })).toThrow('the topic Jokes is closed');
    forum.closeTopic(topic, false);
    await send(topic.id);
    expect(await refusal(send(12_345))).toBe('Bad Request: message thread not found');
    expect(await refusal(bot.api.createForumTopic(forum.id, 'Mine'))).toContain('not enough rights');
    forum.promoteBot();
    const mine = await bot.api.createForumTopic(forum.id, 'Mine');
    await bot.api.closeForumTopic(forum.id, mine.message_thread_id);
    await send(mine.message_thread_id);
    await bot.api.deleteForumTopic(forum.id, mine.message_thread_id);
    expect(await refusal(send(mine.message_thread_id))).toBe('Bad Request: message thread not found');
  });
});

describe('commands', () => {
  it('are offered by the narrowest scope, in the language of the user', async () => {
    await start();
    const group = telegram.addGroup({ title: 'Home', admins: [ann] });
    const set = (name: string, other: object = {}) =>
      bot.api.setMyCommands([{ command: name, description: `the ${name}` }], other);
    await set('plain');
    await set('zh', { language_code: 'zh' });
    await set('groups', { scope: { type: 'all_group_chats' } });
    await set('admins', { scope: { type: 'all_chat_administrators' } });
    const menus = () => [ann.menu(), ben.menu(), ann.menu(group), ben.menu(group)].map(([one]) => one?.command);
    expect(menus()).toEqual(['zh', 'plain', 'admins', 'groups']);
    await set('here', { scope: { type: 'chat', chat_id: group.id } });
    expect(menus()).toEqual(['zh', 'plain', 'here', 'here']);
    await bot.api.deleteMyCommands({ language_code: 'zh' });
    expect(menus()).toEqual(['plain', 'plain', 'here', 'here']);
    expect(await bot.api.getMyCommands()).toEqual([{ command: 'plain', description: 'the plain' }]);
    expect(await refusal(set('Not Good'))).toBe('Bad Request: BOT_COMMAND_INVALID');
    expect(await refusal(bot.api.setMyCommands([{ command: 'a', description: '' }]))).toContain('DESCRIPTION_INVALID');
  });

  it('stand beside descriptions in each language', async () => {
    await start();
    await bot.api.setMyDescription('A wit.');
    await bot.api.setMyDescription('机智。', { language_code: 'zh' });
    await bot.api.setMyShortDescription('Wit.');
    expect(await bot.api.getMyDescription({ language_code: 'zh' })).toEqual({ description: '机智。' });
    expect(await bot.api.getMyDescription({ language_code: 'de' })).toEqual({ description: 'A wit.' });
    expect(await bot.api.getMyShortDescription()).toEqual({ short_description: 'Wit.' });
    expect(await refusal(bot.api.setMyShortDescription('x'.repeat(121)))).toContain('DESCRIPTION_INVALID');
  });
});
