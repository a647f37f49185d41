import type { Message } from './message.ts';

/**
 * Whether the bot is told of a message. In groups with privacy mode it hears only commands that are not for another bot,
 * replies to itself, service messages, what was sent through its own inline mode and, as BotFather says, mentions.
 */
export function hears(message: Message): boolean {
  const { chat, from, service, replyTo, viaBot } = message;
  const { bot, privacy } = chat.world;
  if (from === bot && !viaBot) return false;
  if (!chat.has(bot.id) || chat.blocked) return service !== undefined && 'left_chat_member' in service;
  if (from.is_bot && !privacy.otherBots) return false;
  if (chat.type === 'private' || service) return true;
  if (privacy.readsAll || chat.isAdmin(bot.id)) return true;
  if (viaBot === bot || replyTo?.from === bot) return true;
  const { mentions, commands } = named(message);
  const me = bot.username?.toLowerCase() ?? '';
  if (commands.some((name) => name === '' || name === me)) return true;
  return privacy.mentions && mentions.includes(me);
}

/** Who is named in a message, and for whom its commands are: an empty name is anybody. */
function named({ text, entities }: Message) {
  const words = (kind: string) =>
    entities.filter(({ type }) => type === kind).map(({ offset, length }) => text.slice(offset, offset + length));
  return {
    mentions: words('mention').map((word) => word.slice(1).toLowerCase()),
    commands: words('bot_command').map((word) => (word.split('@')[1] ?? '').toLowerCase()),
  };
}
