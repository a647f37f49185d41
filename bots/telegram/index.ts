/**
 * Telegram as a platform: `startTelegram` connects, tells `Ears` what is said, and gives the `Surface` that replies go to;
 * `checkTelegram` says for doctor how it stands.
 */
export { type CheckOptions, checkTelegram, type TelegramCheck } from './check.ts';
export type { Me } from './me.ts';
export { startTelegram, type Telegram, type TelegramOptions } from './start.ts';
export type { Webhook, WebhookAnswer } from './webhook.ts';
