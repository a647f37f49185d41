import type { Message } from './message.ts';

/** A message that called somebody by name. */
export interface Ping {
  readonly at: number;
  readonly chat: string;
  readonly author: string;
  /** Whose names stand in it, and who are in the chat. */
  readonly users: readonly string[];
  readonly kind: 'create' | 'edit';
  readonly text: string;
}

/** Whom a message calls: `text_mention`, and `@username` of those who are in the chat. */
export function pingOf(message: Message, kind: Ping['kind']): Ping | undefined {
  const { chat, from, text, entities } = message;
  const { world } = chat;
  const named = entities.flatMap(({ type, offset, length, user }) => {
    if (type === 'text_mention') return user ? [user.id] : [];
    if (type !== 'mention') return [];
    const found = world.userCalled(text.slice(offset + 1, offset + length));
    return found ? [found.id] : [];
  });
  const users = [...new Set(named)]
    .filter((id) => id !== from.id && chat.has(id))
    .map((id) => world.users.get(id)?.name ?? String(id));
  if (users.length === 0) return undefined;
  return { at: world.clock.now(), chat: chat.title, author: from.name, users, kind, text };
}
