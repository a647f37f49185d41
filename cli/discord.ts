import { Bot } from '../bots/chat/bot/index.ts';
import { startDiscord, startShards } from '../bots/discord/index.ts';
import { reasonOf, type WisecrackError } from '../errors.ts';
import { packageRoot } from '../root.ts';
import type { App } from './app.ts';
import { startOwnWorker } from './worker.ts';

/** Discord lets a bot ask 50 times a second, whatever number of processes it has. */
const REQUESTS_PER_SECOND = 50;

/** Where a bot finds its Discord. */
export interface DiscordAccess {
  token: string;
  /** Another Discord, e.g. a fake. */
  api?: string;
}

/**
 * Starts the Discord bot: in this process, or, when Discord wants the bot divided, in a process per shard. It is closed with `app`.
 *
 * @throws WisecrackError WISECRACK_DISCORD_TOKEN_INVALID, WISECRACK_DISCORD_CLOSED or WISECRACK_DISCORD_UNREACHABLE.
 */
export async function startDiscordBot(app: App, access: DiscordAccess, signal: AbortSignal): Promise<void> {
  const { log } = app;
  const lost = (error: unknown) => log.error({ error: reasonOf(error) }, 'the Discord bot has ended');
  const shards = Number(process.env.SHARD_COUNT ?? 0);
  if (shards > 0) {
    const perSecond = Math.max(1, Math.floor(REQUESTS_PER_SECOND / shards));
    return app.keep('discord', await openBot(app, { ...access, perSecond }, signal, lost));
  }
  const running = await startShards({
    ...access,
    script: `${packageRoot()}/cli/wisecrack.mjs`,
    args: ['start', '--only', 'discord'],
    log,
    one: (onEnd) => openBot(app, access, signal, onEnd),
    onEnd: lost,
  });
  app.keep('discord', running);
}

/** The bot and a worker, for `wisecrack dev discord`. */
export async function startDevDiscord(access: DiscordAccess, app: App, signal: AbortSignal): Promise<void> {
  await startOwnWorker(app, signal);
  await startDiscordBot(app, access, signal);
}

async function openBot(
  app: App,
  access: DiscordAccess & { perSecond?: number },
  signal: AbortSignal,
  onEnd: (error: WisecrackError) => void,
): Promise<{ close(): Promise<void> }> {
  const { config } = app;
  const log = app.log.child({ adapter: 'discord' });
  const [queue, personas] = await Promise.all([app.queue(), app.personas()]);
  let bot: Bot | undefined;
  const discord = await startDiscord({
    ...access,
    messageContent: config.discordMessageContent,
    log,
    signal,
    onEnd,
    avatarOf: (name) => {
      const picture = personas.personas.find((persona) => persona.name === name)?.avatar;
      // Discord fetches it itself: a file of ours it cannot see.
      return picture?.startsWith('https:') ? picture : undefined;
    },
    openBot: (surface) => {
      bot = new Bot({ queue, personas, surface, persona: config.persona, log });
      return bot;
    },
  });
  if (bot) {
    bot.operators = discord.me.owners.map((id) => `discord:${id}`);
    bot.hearsAll = () => discord.messageContent;
  }
  await bot?.resume();
  const heartbeat = await app.beat('discord', () => discord.stats());
  return {
    async close() {
      // Nothing new is heard first, then what runs is handed over.
      await discord.close();
      await bot?.close();
      await heartbeat.stop();
    },
  };
}
