import type { Command } from 'commander';
import { examples } from './examples.ts';
import { portNumber } from './numbers.ts';

/** For developers: a platform without an account. */
export function addDev(program: Command): void {
  const dev = program.command('dev').description('for developers: try a platform without an account');

  dev
    .command('discord')
    .description("start a Discord of one's own, with a page on which one chats as several people")
    .option('-p, --port <number>', 'where the page is served', portNumber, 4000)
    .addHelpText('after', examples('wisecrack dev discord', 'wisecrack dev discord --port 4100'))
    .action(async (options) => (await import('../commands/dev.ts')).devDiscord(options));

  dev
    .command('telegram')
    .description("start a Telegram of one's own, with a page on which one chats as several people")
    .option('-p, --port <number>', 'where the page is served', portNumber, 4000)
    .addHelpText('after', examples('wisecrack dev telegram', 'wisecrack dev telegram --port 4100'))
    .action(async (options) => (await import('../commands/dev.ts')).devTelegram(options));
}
