import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startShards } from '../../../bots/discord/index.ts';
import { shardOf } from '../../../bots/discord/shards.ts';
import { type FakeDiscord, type Guild, startFakeDiscord } from '../../fakes/discord/index.ts';
import { until } from '../../queue/fixtures/messages.ts';
import { adapter, compiled } from './fixtures/processes.ts';
import { Stage } from './fixtures/stage.ts';

const SERVERS = 8;
const FLOOD = 20;
const PATIENCE = 120_000;

let discord: FakeDiscord;
let stage: Stage;

beforeAll(() => compiled.compile());
afterAll(() => compiled.remove());
beforeEach(async () => {
  discord = await startFakeDiscord({ shards: 2 });
  stage = await Stage.open();
});
afterEach(async () => {
  await stage.close();
  await discord.close();
});

/** A server in which everybody asks once, in channels of four. */
function serverWith(people: number) {
  const guild = discord.addGuild({ name: 'Server' });
  const channels = Array.from({ length: Math.ceil(people / 4) }, (_, at) => guild.addChannel(`channel-${at}`));
  const asked = Array.from({ length: people }, (_, at) => `${guild.id} ${at}`);
  return {
    guild,
    asked,
    ask() {
      for (const [at, text] of asked.entries()) {
        const channel = channels[Math.floor(at / 4)];
        if (!channel) throw new RangeError(`there is no channel for ${at}`);
        discord.addUser({ name: `User ${at}`, guilds: [guild] }).says(channel, text, { mentions: [discord.bot] });
      }
    },
    /** The answers that stand there, once they are over. */
    answers: () =>
      channels.flatMap(({ messages }) =>
        [...messages.values()]
          .filter(
            ({ author, components }) => author.id === discord.bot.id && JSON.stringify(components).includes(':retry:'),
          )
          .map(({ content }) => content),
      ),
    /** All that the bot has there, over or not. */
    ours: () =>
      channels.flatMap(({ messages }) => [...messages.values()].filter(({ author }) => author.id === discord.bot.id)),
  };
}

const shard = ({ id }: Guild) => shardOf(id, 2);
const pidOf = (which: number) => join(stage.server.folder, `shard-${which}`);

describe('two processes of one bot', () => {
  it('answer each question once, a flood on one does not hold up the other, and one that is killed loses nothing', async () => {
    const servers = Array.from({ length: SERVERS }, (_, at) => serverWith(at === 0 ? FLOOD : 1));
    const [busy, ...quiet] = servers;
    if (!busy) throw new Error('there is no server');
    expect(new Set(servers.map(({ guild }) => shard(guild)))).toEqual(new Set([0, 1]));
    const running = await startShards({
      token: discord.token,
      api: discord.url,
      script: compiled.path(adapter),
      args: ['discord', discord.token, discord.url, stage.server.path, stage.prefix],
      log: { info: () => {}, warn: () => {} },
      one: () => Promise.reject(new Error('not in this process')),
    });
    try {
      await until(() => [0, 1].every((which) => existsSync(pidOf(which))), PATIENCE);
      // All wait, the flood first; then somebody begins to answer, one after the other.
      const waiting = async (count: number) => (await stage.queue.counts()).waiting === count;
      busy.ask();
      await until(() => waiting(FLOOD), PATIENCE);
      for (const { ask } of quiet) ask();
      await until(() => waiting(FLOOD + quiet.length), PATIENCE);
      await stage.work(1);
      const all = FLOOD + quiet.length;
      await until(() => stage.scripted.asked.length >= all / 2, PATIENCE);
      process.kill(Number(readFileSync(pidOf(shard(busy.guild)), 'utf8')), 'SIGKILL');
      const answered = () => servers.flatMap(({ answers }) => answers());
      await until(() => answered().length >= all, PATIENCE);
      const expected = servers.flatMap(({ asked }) => asked.map((text) => `guide heard: ${text}.`));
      expect(answered().toSorted()).toEqual(expected.toSorted());
      expect(servers.flatMap(({ ours }) => ours())).toHaveLength(all);
      // One of the flood begins, then each of the others has its turn.
      const places = quiet.map(({ asked }) => stage.scripted.asked.indexOf(asked[0] ?? ''));
      expect(Math.max(...places)).toBeLessThanOrEqual(quiet.length + 1);
      expect(discord.pings).toEqual([]);
    } finally {
      await running.close();
    }
  });
});
