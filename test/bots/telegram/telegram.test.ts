import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTelegram, type Telegram } from '../../../bots/telegram/index.ts';
import { WisecrackError } from '../../../errors.ts';
import type { Chat, Person } from '../../fakes/telegram/index.ts';
import { sleep, until } from '../../queue/fixtures/messages.ts';
import { Stage } from './stage.ts';

let stage: Stage;
let ada: Person;
let bob: Person;

beforeEach(async () => {
  stage = await Stage.open();
  ada = stage.telegram.addUser({ first_name: 'Ada', username: 'ada', language_code: 'en' });
  bob = stage.telegram.addUser({ first_name: 'Bob' });
});
afterEach(() => stage.close());

const answers = (chat: Chat) => chat.shows().filter((line) => line.startsWith('Wisecrack'));
const after = '[Retry] [👍] [👎]';

describe('in private', () => {
  it('a question is answered, as a preview that becomes a message', async () => {
    await stage.start();
    ada.writes('slow hello');
    await ada.chat.sees(/^\(draft\) <b>guide<\/b> heard: slow hello/);
    stage.hurry();
    expect(await ada.chat.sees('[Retry]')).toBe(`Wisecrack: <b>guide</b> heard: slow hello. ${after}`);
    expect(answers(ada.chat)).toHaveLength(1);
    expect(ada.chat.drafts).toEqual([]);
  });

  it('the stop button of a preview stops the reply, and what was said stays', async () => {
    await stage.start();
    ada.writes('endless');
    await ada.chat.sees(/^\(draft\).*and 1/);
    ada.stops();
    expect(await ada.chat.sees('[Retry]')).toMatch(/^Wisecrack: .*heard: endless.*and \d+ \[Retry\]/);
    await sleep(500);
    expect(answers(ada.chat)).toHaveLength(1);
  });

  it('a long answer is several messages, in their order', async () => {
    await stage.start();
    ada.writes('long');
    await ada.chat.sees('[Retry]');
    const said = answers(ada.chat);
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('<b>guide</b> heard');
    expect(said[1]).toContain('[Retry]');
    for (const { text } of ada.chat.messages.values()) expect(text.length).toBeLessThanOrEqual(4096);
  });

  it('a long program is a file with a name by its language, and goes with its answer', async () => {
    await stage.start();
    const question = ada.writes('program');
    const file = await ada.chat.sees('code.py]');
    await stage.telegram.until(() => answers(ada.chat).length === 2);
    const [words, last] = answers(ada.chat);
    expect(words).toMatch(/heard: program\.\s+📄 <code>code\.py<\/code>\s+That is all\. \[Retry\]/);
    expect(last).toBe(file);
    const sent = [...ada.chat.messages.values()].find(({ document }) => document)?.document;
    expect(sent?.bytes.toString()).toBe('print("again")\n'.repeat(900));
    ada.edits(question, 'hello');
    await ada.chat.sees('heard: hello. [Retry]');
    await stage.telegram.until(() => answers(ada.chat).length === 1);
  });

  it('an edited question is answered anew, in place of the old answer', async () => {
    await stage.start();
    const question = ada.writes('first');
    await ada.chat.sees('heard: first. [Retry]');
    ada.edits(question, 'second');
    await ada.chat.sees('heard: second. [Retry]');
    await stage.telegram.until(() => answers(ada.chat).length === 1);
    expect(answers(ada.chat)[0]).toContain('second');
  });

  it('/start greets in the words of a persona, with the others to choose from', async () => {
    await stage.start();
    ada.starts('persona_pirate');
    const hello = await ada.chat.message(/Somebody else/);
    const pirate = stage.personas.get('pirate');
    expect(hello.text).toContain(pirate.name);
    const { name } = stage.personas.get('detective');
    const press = ada.presses(hello, name);
    expect((await press.answered()).text).toContain(name);
    ada.writes('who are you?');
    expect(await ada.chat.sees('heard')).toContain('detective');
  });

  it('every command answers', async () => {
    await stage.start();
    ada.writes('hello');
    await ada.chat.sees('[Retry]');
    for (const [command, said] of [
      ['/help', /Mention me/],
      ['/status', /at work|Nobody/],
      ['/privacy', /What I keep.*\[Erase/],
      ['/persona', /Who shall talk/],
      ['/persona pirate', /From now on/],
      ['/settings', /The rest is set in words/],
      ['/settings keywords towel', /keywords is now towel/],
      ['/stop', /nothing to stop/],
      ['/reset', /Forgotten/],
      ['/retry', /no answer here yet/],
    ] as const) {
      ada.writes(command);
      await ada.chat.sees(said);
      stage.telegram.clock.forward(5000);
    }
  });
});

describe('in a group', () => {
  it('it hears mentions, replies to it and commands, and answers where it was asked', async () => {
    await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club' });
    ada.says(group, 'nobody is meant');
    ada.says(group, '@wisecrack_bot what is it?');
    expect(await group.sees('what is it')).toBeTruthy();
    const answer = await group.message(/^Wisecrack.*heard: what is it\?.*\[Retry\]/);
    expect(group.shows().at(-1)).toMatch(/^Wisecrack \(reply to Ada\)/);
    bob.says(group, 'and why?', { replyTo: answer });
    await group.sees(/^Wisecrack \(reply to Bob\).*heard: and why\?/);
    bob.says(group, '/ask@wisecrack_bot how?');
    await group.sees(/heard: how\?/);
    expect(answers(group)).toHaveLength(3);
  });

  it('each topic is a conversation of its own', async () => {
    await stage.start();
    const forum = stage.telegram.addGroup({ title: 'Forum', forum: true });
    const [towels, tea] = [forum.addTopic('Towels'), forum.addTopic('Tea')];
    ada.says(forum, '/ask one', { topic: towels });
    ada.says(forum, '/ask two', { topic: tea });
    await stage.telegram.until(() => forum.shows(towels).some((line) => line.includes('heard: one. [Retry]')));
    await stage.telegram.until(() => forum.shows(tea).some((line) => line.includes('heard: two. [Retry]')));
    expect(await stage.queue.conversations.read(`telegram:${forum.id}/${towels.id}`)).toHaveLength(2);
  });

  it('only administrators change its settings, by words and by the menu', async () => {
    await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club', admins: [ada] });
    bob.says(group, '/settings keywords towel');
    await group.sees('Only those who manage');
    ada.says(group, '/settings keywords towel');
    await group.sees('keywords is now towel');
    ada.says(group, '/settings');
    const menu = await group.message(/The rest is set in words/);
    expect((await bob.presses(menu, 'It interrupts').answered()).text).toContain('Only those who manage');
    expect((await ada.presses(menu, 'It interrupts').answered()).text).toContain('interrupt');
  });

  it('the buttons of a reply work for the one who asked, also after a restart', async () => {
    const first = await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club' });
    ada.says(group, '/ask once');
    const answer = await group.message(/heard: once\. \[Retry\]/);
    await first.close();
    await stage.start();
    expect((await bob.presses(answer, 'Retry').answered()).text).toContain('Only the person who asked');
    expect((await bob.presses(answer, '👍').answered()).text).toContain('Noted');
    await ada.presses(answer, 'Retry').answered();
    await stage.telegram.until(() => answer.deleted);
    await group.sees(/heard: once\. \[Retry\]/);
    expect(answers(group)).toHaveLength(1);
  });

  it('one that becomes a supergroup is answered there, and what is kept of it moves', async () => {
    await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club' });
    ada.says(group, '/ask slow');
    const heir = group.migrate();
    await heir.sees(/heard: slow/);
    await until(() => stage.moved.length > 0);
    expect(stage.moved).toEqual([[`${group.id}`, `${heir.id}`]]);
  });
});

describe('inline mode', () => {
  it('gives one quick answer, which is asked once', async () => {
    await stage.start();
    const query = await ada.inline('what is a towel?');
    expect(query.answer.results).toHaveLength(1);
    const group = stage.telegram.addGroup({ title: 'Club' });
    ada.chooses(query, query.answer.results[0], group);
    expect(group.shows().at(-1)).toMatch(/via @wisecrack_bot.*what is a towel\?.*<b>quick<\/b>/s);
    await ada.inline('what is a towel?');
    expect(stage.asked).toEqual(['what is a towel?']);
    // Our own words, said for somebody, are no question.
    await stage.telegram.settled();
    expect(answers(group)).toEqual([]);
  });

  it('says so when there is nothing yet, or nothing at all', async () => {
    await stage.start();
    expect((await ada.inline('a')).answer).toMatchObject({ results: [], button: { text: 'Type a question' } });
    expect((await ada.inline('fail please')).answer.results).toEqual([]);
    expect((await ada.inline('fail please')).answer.results).toEqual([]);
    expect(stage.asked).toEqual(['fail please', 'fail please']);
  });

  it('asks only what somebody has paused at', async () => {
    await stage.start();
    const typed = ada.inline('what is', { within: 3000 }).catch(() => 'not answered');
    await ada.inline('what is it?');
    expect(stage.asked).toEqual(['what is it?']);
    expect(await typed).toBe('not answered');
  });
});

describe('updates', () => {
  it('what was said while nobody heard is answered, once', async () => {
    const first = await stage.start();
    ada.writes('before');
    await ada.chat.sees('heard: before. [Retry]');
    await first.close();
    ada.writes('between');
    await stage.start();
    await ada.chat.sees('heard: between. [Retry]');
    await stage.telegram.settled();
    expect(answers(ada.chat)).toHaveLength(2);
  });

  it('only one of two processes asks for news, and the other goes on when it is gone', async () => {
    const [first, second] = [await stage.start(), await stage.start()];
    ada.writes('one');
    await ada.chat.sees('heard: one. [Retry]');
    expect(stage.telegram.counts.conflicts).toBe(0);
    await first.close();
    ada.writes('two');
    await ada.chat.sees('heard: two. [Retry]');
    expect([...first.warnings, ...second.warnings]).toEqual([]);
  });

  it('what was not heard is not confirmed', async () => {
    const { telegram } = stage;
    const never = () => new Promise<never>(() => {});
    const ears = { hear: never, edited: never, deleted: never, press: never, command: never, suggest: () => [] };
    const dead = await startTelegram({
      token: telegram.token,
      apiRoot: telegram.url,
      log: { info: () => {}, warn: () => {} },
      personas: stage.personas,
      persona: 'guide',
      openBot: () => ears,
      jobOf: async () => undefined,
    });
    ada.writes('lost?');
    await telegram.until(() => telegram.requestsOf('getUpdates').length > 0);
    await sleep(500);
    expect(telegram.counts.pending).toBe(1);
    await dead.close();
    expect(telegram.counts.pending).toBe(1);
    await stage.start();
    await ada.chat.sees('heard: lost?');
  });

  it('it goes on after Telegram was away', async () => {
    await stage.start();
    stage.telegram.outage('502');
    await sleep(300);
    stage.telegram.outage(false);
    ada.writes('hello');
    await ada.chat.sees('heard: hello. [Retry]');
  });

  it('by a webhook, which only Telegram may call', async () => {
    const secret = 'a-secret';
    const answered: number[] = [];
    let hear: Telegram['handleUpdate'] = async () => 503;
    const server = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      response.statusCode = await hear(body, request.headers['x-telegram-bot-api-secret-token']);
      answered.push(response.statusCode);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/telegram`;
    const { telegram } = await stage.start({ webhook: { url, secret } });
    ada.writes('by webhook');
    await until(() => answered.length > 0);
    hear = (update, header) => telegram.handleUpdate(update, header);
    await ada.chat.sees('heard: by webhook. [Retry]');
    // Telegram calls again where it had no answer in time, perhaps while the first call is being heard.
    const again = { update_id: 4711, message: ada.writes('and again').json() };
    const twice = [telegram.handleUpdate(again, secret), telegram.handleUpdate(again, secret)];
    expect(await Promise.all(twice)).toEqual([200, 200]);
    await ada.chat.sees('heard: and again. [Retry]');
    await stage.telegram.settled({ quietMs: 500 });
    expect(answers(ada.chat).filter((line) => line.includes('and again'))).toHaveLength(1);
    expect(await telegram.handleUpdate({ update_id: 1 }, 'wrong')).toBe(401);
    expect(await telegram.handleUpdate({ update_id: 1 }, undefined)).toBe(401);
    expect(await telegram.handleUpdate('nonsense', secret)).toBe(400);
    expect(stage.telegram.requestsOf('getUpdates')).toEqual([]);
    await until(() => stage.telegram.counts.pending === 0);
    server.close();
  });

  it('the same twice is one question', async () => {
    await stage.start();
    const { queue } = stage.telegram.updates;
    ada.writes('slow');
    const [pending] = queue.pending;
    await ada.chat.sees('heard: slow');
    if (pending) queue.repeat(pending.update);
    stage.hurry();
    await ada.chat.sees('[Retry]');
    await stage.telegram.settled({ quietMs: 1000 });
    expect(pending).toBeDefined();
    expect(answers(ada.chat)).toHaveLength(1);
  });
});

describe('when Telegram does not take a reply', () => {
  it('at once: it comes as soon as it may', async () => {
    await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club' });
    const planned = stage.telegram.fail('sendMessage', { retryAfter: 2, times: 2 });
    ada.says(group, '/ask once');
    await group.sees('heard: once. [Retry]');
    expect(planned.hits).toBe(2);
    expect(stage.telegram.counts.violations).toBe(0);
    expect(answers(group)).toHaveLength(1);
  });

  it('for its looks: it comes in plain words, once', async () => {
    await stage.start();
    stage.telegram.fail('sendMessage', { code: 400, description: "Bad Request: can't parse entities: no" });
    ada.writes('hello');
    await ada.chat.sees('**guide** heard: hello. [Retry]');
    expect(answers(ada.chat)).toHaveLength(1);
  });

  it('since it takes no files: a long program comes in messages', async () => {
    await stage.start();
    stage.telegram.filesOff();
    ada.writes('program');
    const said = () => [...ada.chat.messages.values()].filter(({ from }) => from === stage.telegram.bot);
    const lines = () => said().flatMap(({ text }) => text.split('\n'));
    await stage.telegram.until(() => lines().filter((line) => line === 'print("again")').length === 900);
    await ada.chat.sees(/That is all\. \[Retry\]/);
    expect(said().some(({ document }) => document)).toBe(false);
    expect(answers(ada.chat).filter((line) => line.includes('[Retry]'))).toHaveLength(1);
  });

  it('since it was blocked: it is given up, and the next question is heard', async () => {
    const { bot } = await stage.start();
    const question = ada.writes('slow');
    ada.blocks();
    const jobId = `telegram:${ada.id}/${question.id}`;
    await stage.telegram.until(() => bot.delivery.read(jobId));
    expect(await bot.delivery.done(jobId)).toEqual({
      type: 'given-up',
      reason: 'forbidden',
    });
    ada.unblocks();
    ada.writes('again');
    await ada.chat.sees('heard: again. [Retry]');
  });

  it('since somebody has deleted it: it ends', async () => {
    const { bot } = await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club', admins: [bob] });
    const question = ada.says(group, '/ask endless');
    bob.deletes(await group.message(/heard: endless/));
    expect(await bot.delivery.done(`telegram:${group.id}/${question.id}`)).toEqual({ type: 'removed' });
    expect(answers(group)).toEqual([]);
  });
});

describe('the start', () => {
  it('with a wrong token says what to do', async () => {
    const failed = await stage.start({ token: '1:wrong' }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(WisecrackError);
    expect(failed).toMatchObject({ code: 'WISECRACK_TELEGRAM_TOKEN_INVALID' });
  });

  it('waits while Telegram is away', async () => {
    stage.telegram.outage('reset');
    const starting = stage.start();
    await stage.telegram.until(() => stage.telegram.requests.length > 0);
    stage.telegram.outage(false);
    expect((await starting).warnings).toMatchObject([{ message: 'Telegram is tried again' }]);
  });

  it('tells Telegram the commands, once', async () => {
    const first = await stage.start();
    const group = stage.telegram.addGroup({ title: 'Club', admins: [ada] });
    await stage.telegram.until(() => stage.telegram.requestsOf('setMyCommands').length === 6);
    await stage.telegram.settled();
    const names = (menu: readonly { command: string }[]) => menu.map(({ command }) => command);
    expect(names(ada.menu())).toContain('start');
    expect(names(ada.menu(group))).toContain('settings');
    expect(names(bob.menu(group))).not.toContain('settings');
    await first.close();
    await stage.start();
    await stage.telegram.settled();
    expect(stage.telegram.requestsOf('setMyCommands')).toHaveLength(6);
  });
});
