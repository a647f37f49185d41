/** A platform's bot without the platform: what is answered, in which order, and what buttons and commands do. */
export { Bot, type BotLog, type BotOptions } from './bot.ts';
