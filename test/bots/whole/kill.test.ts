import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sleep, until } from '../../queue/fixtures/messages.ts';
import { gate } from '../../queue/fixtures/script.ts';
import type { PlatformName } from './fixtures/connect.ts';
import { compiled, startAdapter } from './fixtures/processes.ts';
import { Stage } from './fixtures/stage.ts';
import { type Platform, platforms, type Room, type Which } from './platforms.ts';

beforeAll(() => compiled.compile());
afterAll(() => compiled.remove());

/** Where a bot dies: at a request, before the platform has heard of it (false) or after it did what was asked (true). */
const points: [name: string, which: Which, done: boolean][] = [
  ['before the placeholder', 'send', false],
  ['between the placeholder and its record', 'send', true],
  ['in an edit that has not arrived', 'edit', false],
  ['in an edit that has arrived', 'edit', true],
  ['before the final text', 'final', false],
  ['between the final text and its record', 'final', true],
];

for (const name of ['discord', 'telegram'] satisfies PlatformName[]) {
  describe(`a bot on ${name} that is killed`, () => {
    let platform: Platform;
    let stage: Stage;
    let room: Room;

    beforeEach(async () => {
      platform = await platforms[name]();
      stage = await Stage.open();
      room = platform.room();
      await stage.work();
    });
    afterEach(async () => {
      compiled.kill();
      await stage.close();
      await platform.close();
    });

    // Nobody is told to wait: what it is killed at is a request of the reply.
    const start = () => startAdapter([name, platform.token, platform.url, stage.server.path, stage.prefix, '3600000']);
    const whole = 'It begins. It goes on. It ends.';
    const over = () => room.buttons().filter((buttons) => buttons.includes(':retry:')).length;
    const finished = () => over() > 0;

    /** Asks in `room`; the bot is killed when it asks the platform for something, and followed by another, which ends the reply. */
    async function killAt(which: Which, done: boolean): Promise<void> {
      const [more, end] = [gate(), gate()];
      stage.scripted.when('question', ['It begins. ', more.opened, 'It goes on. ', end.opened, 'It ends.']);
      const held = platform.hold(which, done);
      const first = start();
      await first.ready;
      room.ask('a question');
      if (which !== 'send') {
        await until(() => room.begun(), 60_000);
        more.open();
      }
      if (which === 'final') end.open();
      await until(() => held.hits === 1, 60_000);
      // What it asked for has taken effect, or never will.
      await sleep(100);
      await first.kill();
      const second = start();
      await second.ready;
      more.open();
      end.open();
      await until(finished, 60_000);
      await platform.settled(2000);
    }

    for (const [point, which, done] of points) {
      // Telegram lets no bot look for its messages: of one that it sent and never heard of, the beginning stays above the reply.
      const stays = name === 'telegram' && which === 'send' && done ? ['It begins.'] : [];
      const and = stays.length > 0 ? ', below the beginning that nobody knows of' : '';
      it(`${point}: after a restart the reply stands there once, whole${and}`, async () => {
        await killAt(which, done);
        expect(room.texts()).toEqual([...stays, whole]);
        expect(stage.scripted.jobs.size).toBe(1);
        const turns = await stage.queue.conversations.read(room.conversation);
        expect(turns.map(({ text }) => text)).toEqual(['a question', whole]);
      });

      // As above; in private the reply becomes a message at its end only, so that it is the end which stands there twice.
      const times = name === 'telegram' && which === 'final' && done ? 2 : 1;
      it(`${point}, in private: after a restart the reply stands there ${times === 1 ? 'once' : 'twice'}, whole`, async () => {
        room = platform.aside();
        await killAt(which, done);
        expect(room.texts()).toEqual(Array.from({ length: times }, () => whole));
      });
    }

    it('after the end leaves it as it is', async () => {
      const first = start();
      await first.ready;
      room.ask('hello');
      await until(finished, 60_000);
      await platform.settled(500);
      await first.kill();
      const second = start();
      await second.ready;
      await platform.settled(2000);
      expect(room.texts()).toEqual(['guide heard: hello.']);
      room.ask('and again');
      await until(() => over() === 2, 60_000);
      await platform.settled(1000);
      expect(room.texts()).toEqual(['guide heard: hello.', 'guide heard: and again.']);
    });

    it('again and again, at any time, ends with every reply there once', async () => {
      const pieces = Array.from({ length: 20 }, (_, at) => [`${at}. `, 150]).flat();
      for (const asked of ['one', 'two', 'three']) stage.scripted.when(asked, [`${asked}: `, ...pieces]);
      let bot = start();
      await bot.ready;
      for (const asked of ['one', 'two', 'three']) room.ask(asked, asked);
      await until(() => stage.scripted.jobs.size === 3, 60_000);
      for (const ms of [300, 200, 100]) {
        await sleep(ms);
        await bot.kill();
        bot = start();
        await bot.ready;
      }
      await until(() => over() === 3, 60_000);
      await platform.settled(2000);
      const said = (asked: string) => `${asked}: ${Array.from({ length: 20 }, (_, at) => `${at}.`).join(' ')}`;
      const wholes = ['one', 'three', 'two'].map(said);
      const texts = room.texts().map((text) => text.trim());
      expect(texts.filter((text) => wholes.includes(text)).toSorted()).toEqual(wholes);
      const others = texts.filter((text) => !wholes.includes(text));
      // A beginning may stay where a bot cannot look for its messages, see above.
      if (name === 'discord') expect(others).toEqual([]);
      for (const other of others) expect(wholes.some((text) => text.startsWith(other))).toBe(true);
    });
  });
}
