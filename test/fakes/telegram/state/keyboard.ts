import { z } from 'zod';
import { badRequest, problem } from '../problems.ts';

const buttonSchema = z.looseObject({
  text: z.string().optional(),
  callback_data: z.string().optional(),
  url: z.string().optional(),
});

export type Button = z.infer<typeof buttonSchema>;

/** Rows of buttons under a message. */
export type Keyboard = readonly (readonly Button[])[];

/** What a button can do; it must do one of these. */
const ACTIONS = [
  'callback_data',
  'url',
  'web_app',
  'login_url',
  'switch_inline_query',
  'switch_inline_query_current_chat',
  'switch_inline_query_chosen_chat',
  'copy_text',
  'callback_game',
  'pay',
];

const MOST_BUTTONS = 100;
/** Bytes. */
const LONGEST_DATA = 64;

/** What `reply_markup` says: buttons under the message, or something about the user's keyboard. */
export interface Markup {
  readonly inline?: Keyboard;
  readonly other?: Readonly<Record<string, unknown>>;
}

/**
 * Checks `reply_markup`.
 *
 * @throws ApiError when Telegram would not take it.
 */
export function readMarkup(given: unknown): Markup {
  if (given === undefined || given === null || given === '') return {};
  if (typeof given !== 'object' || Array.isArray(given)) throw problem('replyMarkup');
  if (!('inline_keyboard' in given)) {
    const known = ['keyboard', 'remove_keyboard', 'force_reply'].some((key) => key in given);
    if (!known && Object.keys(given).length > 0) throw badRequest("can't parse reply keyboard markup JSON object");
    return known ? { other: given as Record<string, unknown> } : {};
  }
  const rows = z.array(z.array(buttonSchema)).safeParse(given.inline_keyboard);
  if (!rows.success) throw badRequest("can't parse inline keyboard markup JSON object");
  const all = rows.data.flat();
  if (all.length > MOST_BUTTONS) throw problem('markupTooLong');
  for (const button of all) checkButton(button);
  const filled = rows.data.filter((row) => row.length > 0);
  return filled.length > 0 ? { inline: filled } : {};
}

/** The same for an edit, where only buttons can be changed. */
export function readInline(given: unknown): Keyboard | undefined {
  const { inline, other } = readMarkup(given);
  if (other) throw problem('inlineExpected');
  return inline;
}

function checkButton(button: Button): void {
  if (!button.text) throw badRequest('can\'t parse inline keyboard button: Field "text" must be non-empty');
  const actions = ACTIONS.filter((action) => button[action] !== undefined);
  if (actions.length !== 1) throw problem('textButton');
  const { callback_data, url } = button;
  if (callback_data !== undefined) {
    const size = Buffer.byteLength(callback_data);
    if (size < 1 || size > LONGEST_DATA) throw problem('buttonData');
  }
  if (url !== undefined && !/^(?:https?:\/\/|tg:\/\/)\S+$|^[\w-]+(?:\.[\w-]+)+(?:\/\S*)?$/.test(url)) {
    throw problem('buttonUrl');
  }
}

/** Whether two keyboards are the same to a reader and to a press. */
export function sameKeyboard(a: Keyboard | undefined, b: Keyboard | undefined): boolean {
  return JSON.stringify(a ?? []) === JSON.stringify(b ?? []);
}
