import type { Channel } from './channel.ts';
import type { Message } from './message.ts';
import type { User } from './user.ts';

/** Somebody starts to type, for the next ten seconds. */
export function startTyping(channel: Channel, user: User): void {
  const { world, guild } = channel;
  channel.typing.set(user.id, world.clock.now());
  const member = guild?.members.get(user.id);
  world.dispatch({
    t: 'TYPING_START',
    channel,
    needs: 'typing',
    data: () => ({
      channel_id: channel.id,
      user_id: user.id,
      timestamp: Math.floor(world.clock.now() / 1000),
      ...(guild && member && { guild_id: guild.id, member: guild.memberJson(member) }),
    }),
  });
}

/** Adds (or takes away) a reaction. */
export function react(message: Message, user: User, emoji: string, { remove = false } = {}): void {
  const { channel } = message;
  const users = message.reactions.get(emoji) ?? new Set();
  if (remove) users.delete(user.id);
  else users.add(user.id);
  if (users.size > 0) message.reactions.set(emoji, users);
  else message.reactions.delete(emoji);
  const member = channel.guild?.members.get(user.id);
  channel.world.dispatch({
    t: remove ? 'MESSAGE_REACTION_REMOVE' : 'MESSAGE_REACTION_ADD',
    channel,
    needs: 'reactions',
    data: () => ({
      user_id: user.id,
      channel_id: channel.id,
      message_id: message.id,
      message_author_id: message.author.id,
      emoji: { id: null, name: emoji },
      burst: false,
      type: 0,
      ...(channel.guild && { guild_id: channel.guild.id }),
      ...(channel.guild && member && !remove && { member: channel.guild.memberJson(member) }),
    }),
  });
}
