import { type Api, GrammyError } from 'grammy';
import type { UserFromGetMe, WebhookInfo } from 'grammy/types';
import { WisecrackError } from '../../errors.ts';
import { problemOf } from './problems.ts';

/**
 * Asks Telegram who the bot is.
 *
 * @throws WisecrackError WISECRACK_TELEGRAM_TOKEN_INVALID or WISECRACK_TELEGRAM_UNREACHABLE.
 */
export function getMe(api: Api): Promise<UserFromGetMe> {
  return named(() => api.getMe());
}

/** Asks Telegram whether it calls a webhook. @throws as `getMe` */
export function getWebhook(api: Api): Promise<WebhookInfo> {
  return named(() => api.getWebhookInfo());
}

/** Makes an error of ours out of one that has no meaning for a reply. */
export async function named<Value>(call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    // To a token that is not even of the right form Telegram says "Not Found".
    if (error instanceof GrammyError && [401, 404].includes(error.error_code)) {
      throw new WisecrackError('WISECRACK_TELEGRAM_TOKEN_INVALID');
    }
    throw new WisecrackError('WISECRACK_TELEGRAM_UNREACHABLE', { reason: problemOf(error, 'edit').message });
  }
}
