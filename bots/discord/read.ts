import {
  type APIInteractionGuildMember,
  type Channel,
  type Client,
  type Guild,
  GuildMember,
  type Message,
  MessageType,
  PermissionFlagsBits,
  type PermissionsBitField,
  type User,
} from 'discord.js';
import type { Person } from '../chat/heard.ts';
import type { Names } from './clean.ts';
import type { Seen, Self } from './triggers.ts';

/** What a message says in plain values. The message must be whole, not partial. */
export function seenOf(message: Message): Seen {
  const { guild, channel } = message;
  const replyTo = replyOf(message);
  return {
    id: message.id,
    content: message.content,
    author: personOf(message.author, message.member, {
      permissions: message.member?.permissions ?? null,
      direct: message.guildId === null,
      ...(guild && { locale: guild.preferredLocale }),
    }),
    system: message.type !== MessageType.Default && message.type !== MessageType.Reply,
    ...(message.applicationId !== null && { application: message.applicationId }),
    channel: message.channelId,
    ...(message.guildId !== null && { server: message.guildId, adult: isForAdults(channel) }),
    ...(channel.isThread() && {
      thread: {
        parent: channel.parentId ?? undefined,
        ours: channel.joined || channel.ownerId === message.client.user.id,
      },
    }),
    names: namesIn(message),
    ...(replyTo && { replyTo }),
    attachments: message.attachments.size + message.stickers.size,
    ...(guild && { locale: guild.preferredLocale }),
  };
}

/** Whether a channel lets adults only in; a thread is as its channel is. */
export function isForAdults(channel: Channel | null): boolean {
  const place = channel?.isThread() ? channel.parent : channel;
  return place != null && 'nsfw' in place && place.nsfw;
}

/** The bot as the given server sees it. */
export function selfIn(client: Client<true>, guild: Guild | null): Self {
  const role = guild?.roles.botRoleFor(client.user);
  return {
    id: client.user.id,
    name: guild?.members.me?.displayName ?? client.user.displayName,
    application: client.application.id,
    roles: role ? [role.id] : [],
  };
}

/** Somebody, with what they may do where they speak. */
export function personOf(
  user: User,
  member: GuildMember | APIInteractionGuildMember | null,
  where: { permissions: Readonly<PermissionsBitField> | null; direct: boolean; locale?: string },
): Person {
  return {
    id: user.id,
    name: nameOf(user, member),
    isBot: user.bot,
    roles: rolesOf(member),
    canManage: where.direct || (where.permissions?.has(PermissionFlagsBits.ManageGuild) ?? false),
    ...(where.locale !== undefined && { locale: where.locale }),
  };
}

function nameOf(user: User, member: GuildMember | APIInteractionGuildMember | null): string {
  if (member instanceof GuildMember) return member.displayName;
  return member?.nick ?? user.displayName;
}

function rolesOf(member: GuildMember | APIInteractionGuildMember | null): string[] {
  if (!(member instanceof GuildMember)) return member?.roles ?? [];
  // A server gives everybody the role that has its own id.
  return [...member.roles.cache.keys()].filter((id) => id !== member.guild.id);
}

function namesIn({ mentions, guild }: Message): Names {
  return {
    users: new Map(
      mentions.users.map((user) => [user.id, guild?.members.cache.get(user.id)?.displayName ?? user.displayName]),
    ),
    roles: new Map(mentions.roles.map(({ id, name }) => [id, name])),
    channels: new Map(
      mentions.channels.map((channel) => [channel.id, 'name' in channel ? (channel.name ?? 'channel') : 'channel']),
    ),
  };
}

function replyOf(message: Message): Seen['replyTo'] {
  const id = message.type === MessageType.Reply ? message.reference?.messageId : undefined;
  if (id === undefined) return undefined;
  const replied = message.channel.messages.cache.get(id);
  const author = replied?.author ?? message.mentions.repliedUser;
  return {
    id,
    ...(author && { author: { id: author.id, name: nameOf(author, replied?.member ?? null) } }),
    ...(replied?.applicationId != null && { application: replied.applicationId }),
    ...(replied?.content != null && { content: replied.content }),
  };
}
