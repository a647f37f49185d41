import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import type { Persona } from '../../personas/index.ts';
import type { Locale } from '../chat/index.ts';
import { texts } from './texts.ts';

/** How many personas one page of the menu shows, and how many stand in a row. */
const PAGE = 8;
const ROW = 2;

/** What was chosen in a menu. All of it is in the button, so that a menu works as long as it stands. */
export type Choice =
  | { menu: 'persona'; id: string }
  | { menu: 'page'; page: number }
  | { menu: 'settings'; key: string; value: string }
  | { menu: 'erase' };

const button = (text: string, data: string): InlineKeyboardButton => ({ text, callback_data: data });

/** The personas, some at a time. */
export function personaMenu(
  personas: readonly Pick<Persona, 'id' | 'name'>[],
  page: number,
  locale: Locale,
): InlineKeyboardMarkup {
  const last = Math.max(0, Math.ceil(personas.length / PAGE) - 1);
  const at = Math.min(last, Math.max(0, page));
  const shown = personas.slice(at * PAGE, (at + 1) * PAGE).map(({ id, name }) => button(name, `p:${id}`));
  const rows: InlineKeyboardButton[][] = [];
  for (let from = 0; from < shown.length; from += ROW) rows.push(shown.slice(from, from + ROW));
  const turns = [
    ...(at > 0 ? [button(texts[locale].earlier, `g:${at - 1}`)] : []),
    ...(at < last ? [button(texts[locale].later, `g:${at + 1}`)] : []),
  ];
  return { inline_keyboard: turns.length > 0 ? [...rows, turns] : rows };
}

/** The settings that are a matter of one press. */
export function settingsMenu(locale: Locale): InlineKeyboardMarkup {
  const say = texts[locale];
  return {
    inline_keyboard: [
      [button(say.secondWaits, 's:second-question:queue'), button(say.secondInterrupts, 's:second-question:interrupt')],
      [button(say.allOn, 's:answer-all:on'), button(say.allOff, 's:answer-all:off')],
      [button(say.botsOn, 's:bots:on'), button(say.botsOff, 's:bots:off')],
    ],
  };
}

export const privacyMenu = (locale: Locale): InlineKeyboardMarkup => ({
  inline_keyboard: [[button(texts[locale].erase, 'x')]],
});

/** What a button of a menu means; undefined when it is none of a menu's. */
export function readChoice(data: string): Choice | undefined {
  const [kind, first = '', second = ''] = data.split(':', 3);
  switch (kind) {
    case 'p':
      return { menu: 'persona', id: first };
    case 'g':
      return /^\d{1,6}$/.test(first) ? { menu: 'page', page: Number(first) } : undefined;
    case 's':
      return { menu: 'settings', key: first, value: second };
    case 'x':
      return { menu: 'erase' };
  }
  return undefined;
}
