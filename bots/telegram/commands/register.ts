import type { Api } from 'grammy';
import type { BotLog } from '../../chat/bot/index.ts';
import { definitions } from './definitions.ts';

/**
 * Tells Telegram those of our menus that it does not know.
 *
 * @returns how many were told.
 * @throws what grammY throws.
 */
export async function registerMenus(api: Api, log: BotLog): Promise<number> {
  let told = 0;
  for (const { commands, ...where } of definitions) {
    const known = await api.getMyCommands(where);
    const same = (at: number) =>
      known[at]?.command === commands[at]?.command && known[at]?.description === commands[at]?.description;
    if (known.length === commands.length && commands.every((_, at) => same(at))) continue;
    await api.setMyCommands(commands, where);
    told++;
  }
  if (told > 0) log.info({ menus: told }, 'the menus of commands were told to Telegram');
  return told;
}
