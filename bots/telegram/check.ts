import type { UserFromGetMe, WebhookInfo } from 'grammy/types';
import { WisecrackError } from '../../errors.ts';
import { type ApiOptions, openApi } from './api.ts';
import { getMe, getWebhook } from './connect.ts';
import { type Me, meOf } from './me.ts';

export interface CheckOptions extends ApiOptions {
  /** The address that Telegram is to call, if it is to call one. Default: the bot asks for news. */
  webhook?: string;
}

/** How it stands with the bot on Telegram. No text in it holds the token. */
export interface TelegramCheck {
  token: 'valid' | 'invalid' | 'unreachable';
  bot?: Me;
  /** The address that Telegram calls, and how many updates wait. */
  webhook?: string;
  pending: number;
  /** What is wrong, or only good to know, and what can be done about it. */
  notes: { level: 'wrong' | 'hint'; found: string; mend: string }[];
}

/** Asks Telegram about the bot, for `wisecrack doctor`. Never throws. */
export async function checkTelegram(options: CheckOptions): Promise<TelegramCheck> {
  const api = openApi(options);
  try {
    return examine(await getMe(api), await getWebhook(api), options);
  } catch (error) {
    if (!(error instanceof WisecrackError)) throw error;
    const { code, message: found, mend } = error;
    const token = code === 'WISECRACK_TELEGRAM_TOKEN_INVALID' ? 'invalid' : 'unreachable';
    return { token, pending: 0, notes: [{ level: 'wrong', found, mend }] };
  }
}

/** What the two answers mean. */
export function examine(
  user: UserFromGetMe,
  { url, pending_update_count: pending, last_error_message: problem, last_error_date: at }: WebhookInfo,
  { webhook }: Pick<CheckOptions, 'webhook'> = {},
): TelegramCheck {
  const bot = meOf(user);
  const called = url === undefined || url === '' ? undefined : url;
  const notes: TelegramCheck['notes'] = [];
  if (!bot.joinsGroups) notes.push({ level: 'hint', ...hints.groups });
  else if (!bot.hearsAll) notes.push({ level: 'hint', ...hints.privacy });
  if (!bot.inline) notes.push({ level: 'hint', ...hints.inline });
  if (called !== undefined && webhook === undefined) notes.push({ level: 'hint', ...hints.otherWebhook });
  if (called !== undefined && problem !== undefined) {
    const when = at === undefined ? '' : ` (${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC)`;
    notes.push({
      level: 'wrong',
      found: `Telegram could not call the webhook: ${problem}${when}`,
      mend: hints.webhook,
    });
  }
  return { token: 'valid', bot, ...(called !== undefined && { webhook: called }), pending: pending ?? 0, notes };
}

/** Good to know, and what can be done about it. */
export const hints = {
  privacy: {
    found:
      'privacy mode is on: in groups the bot hears commands, replies to it, and mentions as far as Telegram passes them on',
    mend: 'For keywords and "answer everything", switch it off (BotFather, /setprivacy, Disable) and add the bot to its groups anew; or make it an administrator there.',
  },
  groups: {
    found: 'the bot cannot be added to groups',
    mend: 'If it is to talk in groups, allow it: BotFather, /setjoingroups, Enable.',
  },
  inline: {
    found: 'inline mode is off: "@bot question" in other chats does nothing',
    mend: 'If it is wanted, switch it on: BotFather, /setinline.',
  },
  otherWebhook: {
    found: 'Telegram calls a webhook for this bot',
    mend: 'Wisecrack takes it away when it starts, and asks for news itself; whatever answers there will hear nothing more.',
  },
  webhook:
    'It must be reached from outside with a valid certificate on port 443, 80, 88 or 8443, and pass the call on to Wisecrack.',
} as const;
