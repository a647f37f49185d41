import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../queue/fixtures/messages.ts';
import type { PlatformName } from './fixtures/connect.ts';
import { Stage } from './fixtures/stage.ts';
import { type Platform, platforms } from './platforms.ts';

describe.each<PlatformName>(['discord', 'telegram'])('on %s', (name) => {
  let platform: Platform;
  let stage: Stage;

  beforeEach(async () => {
    platform = await platforms[name]({ hearsAll: true });
    stage = await Stage.open();
    await stage.work();
    await stage.connect(platform);
  });

  afterEach(async () => {
    await stage.close();
    await platform.close();
  });

  it('what is not meant for the bot is kept where that is switched on, and is there when somebody asks', async () => {
    const [open, closed] = [platform.room(), platform.room()];
    const { conversations, rules } = stage.queue;
    await rules.change(`channel:${open.conversation as `${PlatformName}:1`}`, { listen: true }, 'test');
    const said = async () =>
      (await conversations.read(open.conversation)).map(({ author, text }) => `${author.name}: ${text}`);
    closed.says('nobody shall know', 'Ben');
    open.says('the cat is on the roof', 'Ben');
    open.says('!play a song', 'Ben');
    open.says('now it is on the car', 'Dev');
    await until(async () => (await said()).length === 2, 20_000);
    expect(await said()).toEqual(['Ben: the cat is on the roof', 'Dev: now it is on the car']);
    open.ask('where is it?', 'Ann');
    await until(() => open.texts().some((text) => text.includes('guide heard: where is it?')), 20_000);
    await until(async () => (await said()).length === 4, 20_000);
    expect(await conversations.read(closed.conversation)).toEqual([]);
    expect(closed.texts()).toEqual([]);
  });
});
