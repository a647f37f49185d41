import { createHash } from 'node:crypto';
import type { Admin } from '../admin/index.ts';
import { Bot } from '../bots/chat/bot/index.ts';
import { startTelegram } from '../bots/telegram/index.ts';
import { reasonOf } from '../errors.ts';
import type { App } from './app.ts';
import { startOwnWorker } from './worker.ts';

/** Telegram shows that somebody types for 5 s at most. */
const TYPING_MS = 4500;

/** Where a bot finds its Telegram. */
export interface TelegramAccess {
  token: string;
  /** Another Telegram, e.g. a fake or a Bot API server of one's own. */
  apiRoot?: string;
  /** Telegram calls us at this address: the dashboard's server hands its calls on. */
  webhook?: { url: string; admin: Pick<Admin, 'telegram'> };
}

/** Starts the Telegram bot; it is closed with `app`. @throws WisecrackError WISECRACK_TELEGRAM_TOKEN_INVALID */
export async function startTelegramBot(
  app: App,
  { webhook, ...access }: TelegramAccess,
  signal: AbortSignal,
): Promise<void> {
  const { persona } = app.config;
  const log = app.log.child({ adapter: 'telegram' });
  const [queue, personas] = await Promise.all([app.queue(), app.personas()]);
  let opened: Bot | undefined;
  // Telegram asks for it only when it has been opened.
  const theBot = () => opened as Bot;
  const telegram = await startTelegram({
    ...access,
    ...{ log, personas, persona, signal, leases: queue.leases },
    ...(webhook && { webhook: { url: webhook.url, secret: webhookSecret(access.token) } }),
    openBot: (surface) => {
      opened = new Bot({ queue, personas, surface, persona, log, pace: { typingMs: TYPING_MS } });
      return opened;
    },
    jobOf: (message) => theBot().delivery.jobOf(message),
    quick: (question, by) => theBot().quick(question, by),
    onMigrated: (from, to) => theBot().moved(from, to),
    onEnd: (error) => log.error({ error: reasonOf(error) }, 'the Telegram bot has ended'),
  });
  const bot = theBot();
  bot.hearsAll = () => telegram.me.hearsAll;
  if (webhook) webhook.admin.telegram = (update, secret) => telegram.handleUpdate(update, secret);
  await bot.resume();
  const heartbeat = await app.beat('telegram', () => ({ hearsAll: telegram.me.hearsAll }));
  app.keep('telegram', {
    async close() {
      // Nothing new is heard first, then what runs is handed over.
      await telegram.close();
      await bot.close();
      await heartbeat.stop();
    },
  });
}

/** What Telegram sends along with its calls: nobody without the token knows it, and it is the same after a restart. */
const webhookSecret = (token: string) => createHash('sha256').update(`webhook ${token}`).digest('hex');

/** The bot and a worker, for `wisecrack dev telegram`. */
export async function startDevTelegram(access: TelegramAccess, app: App, signal: AbortSignal): Promise<void> {
  await startOwnWorker(app, signal);
  await startTelegramBot(app, access, signal);
}
