import type { Message } from 'grammy/types';
import type { Heard, Person, Whereabouts } from '../chat/heard.ts';
import { isQuestion, type QuestionName } from './commands/definitions.ts';
import { channelOf, conversationOf, isPrivate, messageId } from './ids.ts';
import type { Me } from './me.ts';
import { chatPersonOf, nameOf, personOf, titleOf } from './people.ts';
import { commandIn, isForUs, mentionsUs, type Words, withoutUs, wordsOf } from './words.ts';

/** The kinds of content that we cannot read. */
const attached = [
  'animation',
  'audio',
  'document',
  'paid_media',
  'photo',
  'sticker',
  'story',
  'video',
  'video_note',
  'voice',
  'contact',
  'location',
  'poll',
] as const satisfies readonly (keyof Message)[];

/** What the chat is to know of a message; undefined when it is nobody's words, our own, or a command for another bot. */
export function heardOf(message: Message, me: Me): Heard | undefined {
  const by = speakerOf(message);
  if (!by || by.id === `${me.id}` || message.via_bot?.id === me.id) return undefined;
  const words = wordsOf(message);
  const attachments = attached.filter((kind) => message[kind] !== undefined).length;
  // Somebody joined, a message was pinned, and the like.
  if (words.text === '' && attachments === 0) return undefined;
  const command = commandIn(words);
  if (command && !isForUs(command, me)) return undefined;
  const question = command && isQuestion(command.name) ? questionIn(command.name, command.rest) : undefined;
  const replyTo = repliedTo(message, me);
  return {
    id: messageId(message.chat.id, message.message_id),
    by,
    at: whereOf(message, by.locale),
    text: withoutUs(words, me),
    addressed: question ? 'command' : addressedBy(message, words, replyTo?.own ?? false, me),
    ...question,
    ...(replyTo && { replyTo }),
    ...(attachments > 0 && { attachments }),
  };
}

/** What a command asks for that the persona answers. */
function questionIn(name: QuestionName, rest: string): Pick<Heard, 'text' | 'wish'> {
  if (name === 'catchup') return { text: '', wish: { kind: 'catchup', range: rest } };
  return name === 'news' ? { text: '', wish: { kind: 'news', topic: rest } } : { text: rest };
}

/** Where a message is, and how it is answered. @param locale - of who speaks; groups have none. */
export function whereOf(message: Message, locale?: string): Whereabouts {
  const { chat, message_id: id } = message;
  const topic = topicOf(message);
  const direct = isPrivate(chat.id);
  const extra = { ...(topic !== undefined && { topic: `${topic}` }), ...(locale !== undefined && { locale }) };
  return {
    conversation: conversationOf(chat.id, topic),
    channel: channelOf(chat.id, topic),
    ...(topic !== undefined && { parentChannel: channelOf(chat.id) }),
    ...(!direct && { server: channelOf(chat.id) }),
    direct,
    place: {
      channel: `${chat.id}`,
      // In private it is clear what is answered.
      ...(!direct && { replyTo: messageId(chat.id, id) }),
      ...(Object.keys(extra).length > 0 && { extra }),
    },
  };
}

/** Who says a message; undefined for what comes from a channel by itself. */
export function speakerOf({ from, sender_chat: chat, is_automatic_forward: automatic, ...message }: Message) {
  if (automatic) return undefined;
  if (chat) return chatPersonOf(chat, { canManage: chat.id === message.chat.id });
  return from && (personOf(from, { canManage: isPrivate(message.chat.id) }) as Person | undefined);
}

/** A group without topics also numbers its threads of replies: those are no topics. */
const topicOf = ({ is_topic_message: isTopic, message_thread_id: id }: Message) => (isTopic ? id : undefined);

function addressedBy({ chat }: Message, words: Words, repliesToUs: boolean, me: Me): Heard['addressed'] {
  if (isPrivate(chat.id)) return 'direct';
  // `/what@us` is no command of ours, but it turns to us.
  if (mentionsUs(words, me) || commandIn(words)?.bot !== undefined) return 'mention';
  return repliesToUs ? 'reply' : 'none';
}

function repliedTo({ reply_to_message: replied, quote, external_reply: elsewhere }: Message, me: Me): Heard['replyTo'] {
  if (elsewhere && quote) return { id: 'elsewhere', name: originOf(elsewhere), text: quote.text, own: false };
  // Every message in a topic replies to the one that made the topic.
  if (!replied || replied.forum_topic_created) return undefined;
  const { from, sender_chat: chat } = replied;
  const name = chat ? titleOf(chat) : from ? nameOf(from) : '';
  return {
    id: messageId(replied.chat.id, replied.message_id),
    name,
    text: quote?.is_manual ? quote.text : withoutUs(wordsOf(replied), me),
    own: from?.id === me.id,
  };
}

function originOf({ origin }: NonNullable<Message['external_reply']>): string {
  switch (origin.type) {
    case 'user':
      return nameOf(origin.sender_user);
    case 'hidden_user':
      return origin.sender_user_name;
    case 'chat':
      return titleOf(origin.sender_chat);
    case 'channel':
      return titleOf(origin.chat);
  }
}
