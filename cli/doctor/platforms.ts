import type { App } from '../app.ts';
import type { Config } from '../config.ts';
import { type Finding, fail, ok, warn } from './check.ts';
import { listeningOn } from './listening.ts';

/** The bots' accounts, as their platforms see them. */
export async function checkPlatforms(app: App): Promise<Finding[]> {
  return (await Promise.all([discord(app), telegram(app.config)])).flat();
}

async function discord(app: App): Promise<Finding[]> {
  const { discordToken: token, discordMessageContent: messageContent } = app.config;
  if (!token) return [ok('discord', 'DISCORD_TOKEN is not set')];
  const { checkDiscord } = await import('../../bots/discord/index.ts');
  const found = await checkDiscord({ token, messageContent });
  if (found.token !== 'valid') return found.missing.map((it) => fail('discord', it.found, it.mend));
  const { bot, servers, shards, loginsLeft, invite } = found;
  return [
    ok('discord', `${bot?.name}, on ${servers} servers, ${shards} shards, ${loginsLeft} logins left today`),
    messageContent && found.messageContent ? ok('discord hears', 'all messages') : await deaf(app),
    ...(invite === undefined ? [] : [ok('discord invite', invite)]),
    ...found.missing.map((it) => warn('discord', it.found, it.mend)),
  ];
}

/** Without the text of all messages there is nothing to listen to. */
async function deaf(app: App): Promise<Finding> {
  const hears = 'mentions, replies, direct messages and commands';
  const listening = await listeningOn(app);
  if (!listening.has('discord') && !listening.has('all')) return ok('discord hears', hears);
  return warn(
    'discord hears',
    `${hears}; but "/settings listen" is on`,
    'Set DISCORD_MESSAGE_CONTENT=true, and switch the Message Content intent on in the Discord Developer Portal (Bot).',
  );
}

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
