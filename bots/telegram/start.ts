import { Bot } from 'grammy';
import type { Update } from 'grammy/types';
import { reasonOf, type WisecrackError } from '../../errors.ts';
import type { Leases } from '../../queue/index.ts';
import type { BotLog } from '../chat/bot/index.ts';
import type { Ears, Person } from '../chat/heard.ts';
import type { PersonaSource } from '../chat/index.ts';
import { patiently } from '../chat/patient.ts';
import type { Surface } from '../chat/surface.ts';
import { Answers } from './answers.ts';
import { type ApiOptions, openApi, openNewsApi, openPatientApi } from './api.ts';
import { hints } from './check.ts';
import { Commands } from './commands/commands.ts';
import { registerMenus } from './commands/register.ts';
import { getMe, named } from './connect.ts';
import { connectEvents, newsWanted } from './events.ts';
import { Inline } from './inline.ts';
import { type Me, meOf } from './me.ts';
import { Members } from './members.ts';
import { Migrations } from './migrations.ts';
import { Polling } from './polling.ts';
import { Presses } from './presses.ts';
import { TelegramSurface } from './surface.ts';
import { isSecret, isUpdate, type Webhook, type WebhookAnswer } from './webhook.ts';

export interface TelegramOptions extends ApiOptions {
  log: BotLog;
  /** Makes what listens, given the surface that replies go to. */
  openBot: (surface: Surface) => Ears | Promise<Ears>;
  /** For the menu of personas and the greeting. */
  personas: PersonaSource;
  /** The persona that greets. */
  persona: string;
  /** The job that a message of ours belongs to: `Delivery.jobOf`. */
  jobOf: (message: string) => Promise<string | undefined>;
  /** So that of several processes one at a time asks for news. Default: this one is alone. */
  leases?: Leases;
  /** Telegram calls us instead: see `handleUpdate`. */
  webhook?: Webhook;
  /** One quick answer for inline mode, outside of any conversation. It sees to the limits. Default: there is no inline mode. */
  quick?: (question: string, by: Person) => Promise<string>;
  /** A group has become a supergroup with another id: what is kept under the old one is to move. The ids are `Place.channel`s. */
  onMigrated?: (from: string, to: string) => void | Promise<void>;
  /** Called once when Telegram does not know the bot any more. */
  onEnd?: (error: WisecrackError) => void;
  /** Whether replies in private chats grow as previews, where the server has them. Default: true. */
  drafts?: boolean;
  /** Aborting it ends the attempts to connect. */
  signal?: AbortSignal;
}

export interface Telegram {
  readonly me: Me;
  /**
   * Hears an update that came by the webhook. Resolves when it has been heard, so that 200 may be answered: a job for it is in
   * the queue then.
   *
   * @param secret - the header `X-Telegram-Bot-Api-Secret-Token`.
   */
  handleUpdate(update: unknown, secret: unknown): Promise<WebhookAnswer>;
  close(): Promise<void>;
}

/**
 * Connects the bot to Telegram, and resolves when Telegram knows it; while Telegram is away it is tried again and again. With
 * `leases`, news may come later: when the process that asks for them now is gone.
 *
 * @throws WisecrackError WISECRACK_TELEGRAM_TOKEN_INVALID.
 */
export async function startTelegram(options: TelegramOptions): Promise<Telegram> {
  const { log, onMigrated, drafts, webhook } = options;
  const migrations = new Migrations((from, to) => {
    log.info({ from, to }, 'a group has become a supergroup');
    Promise.resolve(onMigrated?.(`${from}`, `${to}`)).catch((error) =>
      log.warn({ from, to, error: reasonOf(error) }, 'what was kept of a group did not move'),
    );
  });
  const surface = new TelegramSurface({
    api: openApi(options),
    log,
    migrations,
    ...(drafts !== undefined && { drafts }),
  });
  const closed = new AbortController();
  options.signal?.addEventListener('abort', () => closed.abort(), { once: true });
  if (options.signal?.aborted) closed.abort();
  try {
    const api = openPatientApi(options);
    const patience = {
      signal: closed.signal,
      onWait: ({ message: error }: WisecrackError, waitMs: number) =>
        log.warn({ error, waitMs }, 'Telegram is tried again'),
    };
    const user = await patiently(() => getMe(api), patience);
    const ears = await options.openBot(surface);
    const bot = new Bot(options.token, { botInfo: user });
    const answers = new Answers(api, log);
    const me = meOf(user);
    const members = new Members(api);
    const { personas, persona, quick, jobOf } = options;
    connectEvents(bot, {
      ears,
      me,
      log,
      migrations,
      commands: new Commands({ ears, answers, members, personas, persona }),
      presses: new Presses({ api, ears, answers, members, personas, jobOf }),
      inline: quick && new Inline({ api, answers, quick }),
      jobOfDraft: async (draft) => surface.jobOfDraft(draft) ?? (await jobOf(draft)),
    });
    registerMenus(api, log).catch((error) => {
      log.warn({ error: reasonOf(error) }, 'the menus of commands were not told to Telegram');
    });
    const handle = async (update: Update) => {
      await bot.handleUpdate(update).catch((error) => bot.errorHandler(error));
    };
    const polling = await patiently(() => listen(options, me, handle), patience);
    log.info({ bot: me.username, hearsAll: me.hearsAll }, 'connected to Telegram');
    if (me.joinsGroups && !me.hearsAll) log.info({ mend: hints.privacy.mend }, hints.privacy.found);
    return {
      me,
      async handleUpdate(update, secret) {
        if (!webhook || !isSecret(secret, webhook.secret)) return 401;
        if (!isUpdate(update)) return 400;
        if (closed.signal.aborted) return 503;
        await handle(update);
        return 200;
      },
      async close() {
        closed.abort();
        await polling?.close();
        surface.close();
        await answers.settled();
      },
    };
  } catch (error) {
    surface.close();
    throw error;
  }
}

/** Begins to hear updates: Telegram calls us, or we ask. */
async function listen(
  options: TelegramOptions,
  me: Me,
  handle: (update: Update) => Promise<void>,
): Promise<Polling | undefined> {
  const { webhook, leases, log, onEnd = () => {} } = options;
  const api = openNewsApi(options);
  if (webhook) {
    const { url, secret } = webhook;
    await named(() => api.setWebhook(url, { secret_token: secret, allowed_updates: newsWanted }));
    return undefined;
  }
  // Else it would not answer those who ask.
  await named(() => api.deleteWebhook());
  return new Polling({ api, handle, leases, name: `telegram:${me.id}`, log, onEnd });
}
