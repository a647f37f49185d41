import { problem } from '../../problems.ts';
import { memberJson } from '../../state/chat.ts';
import { type Call, chatId, int, type Method, method } from '../method.ts';

/** A group or supergroup where the bot is, or a private chat. @throws ApiError */
function readable({ world }: Call, id: number | string) {
  const chat = world.chat(id);
  return chat.type === 'private' ? chat : world.writable(id);
}

export const chats: readonly Method[] = [
  method('getChat', { chat_id: chatId }, (call, { chat_id }) => {
    const chat = readable(call, chat_id);
    return { ...chat.json(), accent_color_id: 0, max_reaction_count: 11, accepted_gift_types: {} };
  }),
  method('getChatMember', { chat_id: chatId, user_id: int }, (call, { chat_id, user_id }) => {
    const chat = readable(call, chat_id);
    const user = call.world.users.get(user_id);
    if (!user) throw problem('userNotFound');
    return memberJson(user, chat.statusOf(user_id));
  }),
  method('getChatAdministrators', { chat_id: chatId }, (call, { chat_id }) => {
    const chat = readable(call, chat_id);
    if (chat.type === 'private') throw problem('adminsOfPrivate');
    return [...chat.members].flatMap(([id, status]) => {
      const user = call.world.users.get(id);
      // Other bots are not named.
      if (!user || !chat.isAdmin(id) || (user.is_bot && user !== call.world.bot)) return [];
      return [memberJson(user, status)];
    });
  }),
  method('getChatMemberCount', { chat_id: chatId }, (call, { chat_id }) => {
    const chat = readable(call, chat_id);
    return chat.type === 'private' ? 2 : [...chat.members.keys()].filter((id) => chat.has(id)).length;
  }),
  method('leaveChat', { chat_id: chatId }, ({ world }, { chat_id }) => {
    const chat = world.writable(chat_id);
    if (chat.type === 'private') throw problem('leavePrivate');
    chat.setStatus(world.bot, 'left', world.bot);
    return true;
  }),
];
