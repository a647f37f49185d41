import type { InlineKeyboardButton, InlineKeyboardMarkup } from 'grammy/types';
import type { Locale } from '../chat/index.ts';
import { isButton, labelOf } from '../chat/labels.ts';
import type { Button, View } from '../chat/surface.ts';

/** Telegram's limit for what a button says back, in bytes. */
const LONGEST = 64;
const fits = (data: string) => Buffer.byteLength(data) <= LONGEST;

/** What a press says. The job is named where there is room; where not, the message below which it was pressed knows. */
export function pressData(button: Button, jobId: string): string {
  const data = `b:${button}:${jobId}`;
  return fits(data) ? data : `b:${button}:`;
}

/** Which button was pressed, and of which job, if it says so; undefined when it is none of a reply's. */
export function readPress(data: string): { button: Button; jobId?: string } | undefined {
  const [, button = '', jobId] = /^b:([a-z]+):(.*)$/s.exec(data) ?? [];
  return isButton(button) ? { button, ...(jobId && { jobId }) } : undefined;
}

/** The buttons below a reply, in one row. Without any, an edit takes those away that were there. */
export function keyboardOf({ buttons, jobId }: Pick<View, 'buttons' | 'jobId'>, locale: Locale): InlineKeyboardMarkup {
  const row = [...new Set(buttons)].map(
    (button): InlineKeyboardButton => ({ text: labelOf(button, locale), callback_data: pressData(button, jobId) }),
  );
  return { inline_keyboard: row.length > 0 ? [row] : [] };
}
