import { problem } from '../../problems.ts';
import { type Call, chatId, int, type Method, method, text } from '../method.ts';

const one = { chat_id: chatId, message_thread_id: int };

/** A forum whose topics the bot may change. @throws ApiError */
function forum({ world }: Call, id: number | string) {
  const chat = world.writable(id);
  if (!chat.isForum) throw problem('notForum');
  if (!chat.isAdmin(world.bot.id)) throw problem('noTopicRights');
  return chat;
}

function close(closed: boolean) {
  return (call: Call, { chat_id, message_thread_id }: { chat_id: number | string; message_thread_id: number }) => {
    const chat = forum(call, chat_id);
    const topic = chat.topics.get(message_thread_id);
    if (!topic) throw problem('threadNotFound');
    if (topic.closed === closed) throw problem('topicNotModified');
    chat.closeTopic(topic, closed, call.world.bot);
    return true;
  };
}

export const topics: readonly Method[] = [
  method('createForumTopic', { chat_id: chatId, name: text }, (call, { chat_id, name }) => {
    const topic = forum(call, chat_id).addTopic(name, call.world.bot);
    return { message_thread_id: topic.id, name, icon_color: 0x6fb9f0 };
  }),
  method('closeForumTopic', one, close(true)),
  method('reopenForumTopic', one, close(false)),
  method('deleteForumTopic', one, (call, { chat_id, message_thread_id }) => {
    const chat = forum(call, chat_id);
    const topic = chat.topics.get(message_thread_id);
    if (!topic) throw problem('threadNotFound');
    chat.deleteTopic(topic);
    return true;
  }),
];
