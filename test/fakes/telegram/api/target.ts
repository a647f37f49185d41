import { z } from 'zod';
import { problem } from '../problems.ts';
import type { Chat } from '../state/chat.ts';
import { Message } from '../state/message.ts';
import type { Topic } from '../state/topic.ts';
import type { Formatted } from '../text/entities.ts';
import { bool, type Call, chatId, int, json } from './method.ts';

/** Where a message of the bot goes. */
export const targetShape = {
  chat_id: chatId,
  message_thread_id: int.optional(),
  disable_notification: bool.optional(),
  reply_parameters: json(
    z.looseObject({ message_id: int, allow_sending_without_reply: z.boolean().optional() }),
  ).optional(),
  reply_to_message_id: int.optional(),
  allow_sending_without_reply: bool.optional(),
};

type Target = z.infer<z.ZodObject<typeof targetShape>>;

/** A new message of the bot, not put anywhere yet. @throws ApiError when the bot may not send it there. */
export function compose({ world, limits }: Call, target: Target): Message {
  const chat = world.writable(target.chat_id);
  if (!chat.canSend) throw problem('noRights');
  const replyTo = answered(chat, target);
  // An answer goes where the question stands.
  const topic = topicOf(chat, target.message_thread_id ?? replyTo?.topic?.id);
  limits.spend(chat.type === 'private' ? 'private' : 'group', chat.id);
  const message = new Message(chat, world.bot, chat.nextId(), { replyTo, topic });
  message.silent = target.disable_notification ?? false;
  return message;
}

/** @throws ApiError when there is no such topic, or the bot may not write there. */
export function topicOf(chat: Chat, thread: number | undefined): Topic | undefined {
  // 1 is the general topic, which is none.
  if (thread === undefined || thread === 0 || thread === 1) return undefined;
  const topic = chat.topics.get(thread);
  if (!topic) throw problem('threadNotFound');
  if (topic.closed && !chat.isAdmin(chat.world.bot.id)) throw problem('topicClosed');
  return topic;
}

function answered(chat: Chat, target: Target): Message | undefined {
  const { reply_parameters, reply_to_message_id, allow_sending_without_reply } = target;
  const id = reply_parameters?.message_id ?? reply_to_message_id;
  if (id === undefined) return undefined;
  const message = chat.messages.get(id);
  if (message) return message;
  if (reply_parameters?.allow_sending_without_reply ?? allow_sending_without_reply) return undefined;
  throw problem('replyNotFound');
}

/** The address that would be shown with a preview. */
export function previewOf(
  { text, entities }: Formatted,
  options: { is_disabled?: boolean | undefined; url?: string | undefined } | undefined,
): string | undefined {
  if (options?.is_disabled) return undefined;
  if (options?.url) return options.url;
  const first = entities.find(({ type }) => type === 'url' || type === 'text_link');
  return first && (first.url ?? text.slice(first.offset, first.offset + first.length));
}
