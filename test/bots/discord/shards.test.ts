import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { type Running, startShards } from '../../../bots/discord/index.ts';
import { WisecrackError } from '../../../errors.ts';
import { type FakeDiscord, startFakeDiscord } from '../../fakes/discord/index.ts';

const script = fileURLToPath(new URL('fixtures/shard.mjs', import.meta.url));
let discord: FakeDiscord;
const log: string[] = [];

afterEach(() => discord.close());

async function start(shards: number, more: { how?: string; one?: Parameters<typeof startShards>[0]['one'] } = {}) {
  discord = await startFakeDiscord({ shards });
  log.length = 0;
  const note = (values: object, message: string) => void log.push(`${message} ${JSON.stringify(values)}`);
  return startShards({
    token: discord.token,
    api: discord.url,
    script,
    args: [discord.url, ...(more.how ? [more.how] : [])],
    log: { info: note, warn: note },
    one: more.one ?? (() => Promise.reject(new Error('not in this process'))),
  });
}

describe('shards', () => {
  it('are processes, as many as Discord recommends, and end together', async () => {
    const running = await start(2);
    expect(running.shards).toBe(2);
    await discord.until(() => discord.gateway.live === 2);
    await running.close();
    await discord.until(() => discord.gateway.live === 0);
    expect(process.env.SHARDING_MANAGER).toBeUndefined();
  });

  it('are not needed by a small bot', async () => {
    const events: string[] = [];
    const one = async (): Promise<Running> => {
      events.push('started');
      return { close: async () => void events.push('closed') };
    };
    const running = await start(1, { one });
    expect(running.shards).toBe(1);
    await running.close();
    expect(events).toEqual(['started', 'closed']);
    expect(discord.gateway.live).toBe(0);
  });

  it('take over when Discord no longer lets one process do', async () => {
    let end: (error: WisecrackError) => void = () => {};
    let closed = false;
    const one = async (onEnd: typeof end): Promise<Running> => {
      end = onEnd;
      return {
        close: async () => {
          closed = true;
        },
      };
    };
    const running = await start(1, { one });
    end(new WisecrackError('WISECRACK_DISCORD_SHARDS_NEEDED'));
    await discord.until(() => discord.gateway.live === 2);
    expect(closed).toBe(true);
    await running.close();
  });

  it('are started again when they end, with pauses', async () => {
    const running = await start(2, { how: 'die' });
    await discord.until(() => log.filter((line) => /has ended.*"shard":0/.test(line)).length >= 2);
    expect(log.find((line) => line.includes('has ended'))).toContain('waitMs');
    await running.close();
  });

  it('do not start with a wrong token', async () => {
    discord = await startFakeDiscord({ token: 'right-token' });
    const starting = startShards({
      token: 'wrong-token',
      api: discord.url,
      script,
      log: { info: () => {}, warn: () => {} },
      one: () => Promise.reject(new Error('not to be called')),
    });
    await expect(starting).rejects.toMatchObject({ code: 'WISECRACK_DISCORD_TOKEN_INVALID' });
  });
});
