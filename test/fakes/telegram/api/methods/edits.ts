import { problem } from '../../problems.ts';
import { readInline } from '../../state/keyboard.ts';
import type { Message } from '../../state/message.ts';
import { changesNothing, type Edit, edit } from '../../state/post.ts';
import { format } from '../../text/parse.ts';
import { type Call, chatId, int, linkPreview, type Method, markup, method, text, textShape } from '../method.ts';
import { previewOf } from '../target.ts';

const which = { chat_id: chatId.optional(), message_id: int.optional(), inline_message_id: text.optional() };

interface Which {
  readonly chat_id?: number | string | undefined;
  readonly message_id?: number | undefined;
  readonly inline_message_id?: string | undefined;
}

/** The message that is meant. @throws ApiError when there is none, or it is not the bot's. */
function find({ world }: Call, { chat_id, message_id, inline_message_id }: Which): Message {
  if (inline_message_id !== undefined) {
    const message = world.inlineMessages.get(inline_message_id);
    if (!message || message.deleted) throw problem('inlineInvalid');
    return message;
  }
  if (chat_id === undefined || message_id === undefined) throw problem('noIdentifier');
  const chat = world.writable(chat_id);
  const message = chat.messages.get(message_id);
  if (!message) throw problem('editNotFound');
  if (message.from !== world.bot || message.service) throw problem('cannotEdit');
  return message;
}

function change({ limits }: Call, message: Message, what: Edit, inline: boolean) {
  const { chat } = message;
  limits.spend(chat.type === 'private' ? 'private' : 'group', chat.id);
  if (changesNothing(message, what)) throw problem('notModified');
  edit(message, what);
  return inline ? true : message.json();
}

export const edits: readonly Method[] = [
  method(
    'editMessageText',
    { ...which, text: text.default(''), ...textShape, link_preview_options: linkPreview, reply_markup: markup },
    (call, { link_preview_options, reply_markup, ...given }) => {
      const content = format(given);
      const keyboard = readInline(reply_markup);
      const message = find(call, given);
      if (message.document) throw problem('noTextToEdit');
      const preview = previewOf(content, link_preview_options);
      return change(call, message, { content, preview, keyboard }, given.inline_message_id !== undefined);
    },
  ),
  method('editMessageReplyMarkup', { ...which, reply_markup: markup }, (call, { reply_markup, ...given }) => {
    const keyboard = readInline(reply_markup);
    return change(call, find(call, given), { keyboard }, given.inline_message_id !== undefined);
  }),
];
