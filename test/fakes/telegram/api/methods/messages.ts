import { z } from 'zod';
import { problem } from '../../problems.ts';
import { readMarkup } from '../../state/keyboard.ts';
import { put, remove } from '../../state/post.ts';
import { format } from '../../text/parse.ts';
import { type Call, chatId, int, json, linkPreview, type Method, markup, method, text, textShape } from '../method.ts';
import { compose, previewOf, targetShape, topicOf } from '../target.ts';

const ACTIONS = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
]);

/** After this age the bot cannot delete a message. */
const TOO_OLD_MS = 48 * 3_600_000;

const reaction = z.looseObject({ type: z.string(), emoji: z.string().optional() });

function removable({ world }: Call, chat_id: number | string, id: number) {
  const chat = world.writable(chat_id);
  const message = chat.messages.get(id);
  if (!message) throw problem('deleteNotFound');
  const may = message.from === world.bot || chat.type === 'private' || chat.isAdmin(world.bot.id);
  const old = world.clock.now() - message.at > TOO_OLD_MS && !(chat.isAdmin(world.bot.id) && chat.type !== 'private');
  if (!may || old) throw problem('cannotDelete');
  return message;
}

export const messages: readonly Method[] = [
  method(
    'sendMessage',
    { ...targetShape, text: text.default(''), ...textShape, link_preview_options: linkPreview, reply_markup: markup },
    (call, { link_preview_options, reply_markup, ...given }) => {
      const content = format(given);
      const { inline, other } = readMarkup(reply_markup);
      const message = compose(call, given);
      message.write(content);
      message.preview = previewOf(content, link_preview_options);
      message.keyboard = inline;
      message.otherMarkup = other;
      return put(message).json();
    },
  ),
  method('deleteMessage', { chat_id: chatId, message_id: int }, (call, { chat_id, message_id }) => {
    remove(removable(call, chat_id, message_id), call.world.bot);
    return true;
  }),
  method(
    'deleteMessages',
    { chat_id: chatId, message_ids: json(z.array(int).min(1).max(100)) },
    (call, { chat_id, message_ids }) => {
      const chat = call.world.writable(chat_id);
      // What is not there is skipped.
      const there = message_ids.filter((id) => chat.messages.has(id)).map((id) => removable(call, chat_id, id));
      for (const message of there) remove(message, call.world.bot);
      return true;
    },
  ),
  method(
    'sendChatAction',
    { chat_id: chatId, message_thread_id: int.optional(), action: text },
    ({ world }, { chat_id, message_thread_id, action }) => {
      if (!ACTIONS.has(action)) throw problem('action');
      const chat = world.writable(chat_id);
      topicOf(chat, message_thread_id);
      chat.action = { action, at: world.clock.now(), thread: message_thread_id };
      world.changed();
      return true;
    },
  ),
  method(
    'setMessageReaction',
    { chat_id: chatId, message_id: int, reaction: json(z.array(reaction)).default([]) },
    ({ world }, { chat_id, message_id, reaction }) => {
      const message = world.writable(chat_id).messages.get(message_id);
      if (!message) throw problem('reactNotFound');
      // A bot has one reaction at most, and no paid one.
      if (reaction.length > 1 || reaction.some(({ type, emoji }) => type !== 'emoji' || !emoji)) {
        throw problem('reactionInvalid');
      }
      message.reactions.set(
        world.bot.id,
        reaction.map(({ emoji = '' }) => emoji),
      );
      world.changed();
      return true;
    },
  ),
];
