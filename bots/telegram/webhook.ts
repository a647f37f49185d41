import { createHash, timingSafeEqual } from 'node:crypto';
import type { Update } from 'grammy/types';

/** What Telegram is answered: an HTTP status. After 503 it calls again. */
export type WebhookAnswer = 200 | 400 | 401 | 503;

/** Where Telegram calls us, and the word by which we know that it is Telegram. */
export interface Webhook {
  url: string;
  /** 1 to 256 of `A-Z a-z 0-9 _ -`; it comes as `X-Telegram-Bot-Api-Secret-Token`. */
  secret: string;
}

/** Whether the secret is the right one, without telling by the time it takes how near it is. */
export function isSecret(given: unknown, secret: string): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(secret));
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether something from outside has the form of an update. */
export const isUpdate = (value: unknown): value is Update =>
  typeof value === 'object' && value !== null && 'update_id' in value && Number.isSafeInteger(value.update_id);
