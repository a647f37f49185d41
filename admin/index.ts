/**
 * The operator's dashboard: one page that shows what Wisecrack does and steers it.
 *
 *     const admin = await startAdmin({ queue, personas, chat, folders, window, home, host: '127.0.0.1', port: 8420, version, log });
 *     console.log(admin.setupLink ?? admin.url);
 *     ...
 *     await admin.close();
 *
 * api/        what page and server say to each other, as zod schemas
 * server/     fastify: auth/ who may, http/ how a route is served, routes/ one file per resource, live/ what is pushed
 * personas/   drafts, files and prompts of personas
 * bench/      `wisecrack bench admin`
 */
export type { TelegramHandler, WindowParts } from './server/context.ts';
export { TELEGRAM_PATH } from './server/routes/telegram.ts';
export { type Admin, type AdminOptions, startAdmin } from './server/start.ts';
