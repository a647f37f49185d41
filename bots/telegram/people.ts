import type { Chat, User } from 'grammy/types';
import type { Person } from '../chat/heard.ts';

/** Somebody, as the chat sees them. */
export function personOf(user: User, { canManage }: { canManage: boolean }): Person {
  return {
    id: `${user.id}`,
    name: nameOf(user),
    isBot: user.is_bot,
    roles: [],
    canManage,
    ...(user.language_code !== undefined && { locale: user.language_code }),
  };
}

/** A chat that speaks itself: an administrator who shows no name, or a channel. */
export function chatPersonOf(chat: Chat, { canManage }: { canManage: boolean }): Person {
  return { id: `${chat.id}`, name: titleOf(chat), isBot: false, roles: [], canManage };
}

export const nameOf = ({ first_name: first, last_name: last }: User) => [first, last].filter(Boolean).join(' ');

export function titleOf(chat: Chat): string {
  if (chat.type === 'private') return [chat.first_name, chat.last_name].filter(Boolean).join(' ');
  return chat.title;
}
