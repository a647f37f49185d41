import type { Context } from '../context.ts';
import type { Site } from '../http/serve.ts';

/** Telegram's updates are small; a file is named in them and not sent. */
const MOST_BYTES = 1024 * 1024;
export const TELEGRAM_PATH = '/telegram/webhook';

/** Telegram calls here. Its secret is checked by the bot, in constant time; there is no session and no origin. */
export function addTelegram({ app }: Site, { telegram }: Context): void {
  app.post(TELEGRAM_PATH, { bodyLimit: MOST_BYTES, schema: { hide: true } }, async (request, reply) => {
    const handle = telegram();
    // Telegram tries again: the bot may be about to start.
    const status = handle ? await handle(request.body, request.headers['x-telegram-bot-api-secret-token']) : 503;
    return reply.code(status).send();
  });
}
