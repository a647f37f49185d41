import { type REST, Routes } from 'discord.js';
import type { BotLog } from '../../chat/bot/index.ts';
import { definitions } from './definitions.ts';
import { sameCommands } from './same.ts';

/**
 * Tells Discord our commands, unless it knows them already: it lets an application create only so many a day.
 *
 * @throws what discord.js throws.
 */
export async function registerCommands(rest: REST, application: string, log: BotLog): Promise<'same' | 'changed'> {
  const route = Routes.applicationCommands(application);
  const query = new URLSearchParams({ with_localizations: 'true' });
  const theirs = await rest.get(route, { query });
  if (Array.isArray(theirs) && sameCommands(definitions, theirs)) return 'same';
  await rest.put(route, { body: definitions });
  log.info({ commands: definitions.length }, 'the slash commands were registered');
  return 'changed';
}
