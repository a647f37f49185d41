import type { Config } from '../config.ts';
import { type Finding, fail, ok, warn } from './check.ts';

/** The bots' accounts, as their platforms see them. */
export async function checkPlatforms(config: Config): Promise<Finding[]> {
  return (await Promise.all([discord(config), telegram(config)])).flat();
}

async function discord({ discordToken: token, discordMessageContent: messageContent }: Config): Promise<Finding[]> {
  if (!token) return [ok('discord', 'DISCORD_TOKEN is not set')];
  const { checkDiscord } = await import('../../bots/discord/index.ts');
  const found = await checkDiscord({ token, messageContent });
  if (found.token !== 'valid') return found.missing.map((it) => fail('discord', it.found, it.mend));
  const { bot, servers, shards, loginsLeft, invite } = found;
  return [
    ok('discord', `${bot?.name}, on ${servers} servers, ${shards} shards, ${loginsLeft} logins left today`),
    ok('discord hears', hears(messageContent && found.messageContent)),
    ...(invite === undefined ? [] : [ok('discord invite', invite)]),
    ...found.missing.map((it) => warn('discord', it.found, it.mend)),
  ];
}

const hears = (all: boolean) => (all ? 'all messages' : 'mentions, replies, direct messages and commands');

async function telegram({ telegramToken: token }: Config): Promise<Finding[]> {
  if (!token) return [ok('telegram', 'TELEGRAM_TOKEN is not set')];
  const { checkTelegram } = await import('../../bots/telegram/index.ts');
  const found = await checkTelegram({ token });
  const notes = found.notes.map(({ level, found: what, mend }) =>
    level === 'hint' ? warn('telegram', what, mend) : fail('telegram', what, mend),
  );
  if (found.token !== 'valid') return notes;
  return [ok('telegram', `@${found.bot?.username}, ${found.pending} updates wait`), ...notes];
}
