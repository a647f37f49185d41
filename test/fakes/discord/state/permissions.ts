import type { Channel } from './channel.ts';
import type { Guild } from './guild.ts';
import type { User } from './user.ts';

const bits = {
  KickMembers: 1n << 1n,
  Administrator: 1n << 3n,
  ManageChannels: 1n << 4n,
  ManageGuild: 1n << 5n,
  AddReactions: 1n << 6n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
  ReadMessageHistory: 1n << 16n,
  MentionEveryone: 1n << 17n,
  UseExternalEmojis: 1n << 18n,
  ManageRoles: 1n << 28n,
  ManageWebhooks: 1n << 29n,
  UseApplicationCommands: 1n << 31n,
  ManageThreads: 1n << 34n,
  CreatePublicThreads: 1n << 35n,
  CreatePrivateThreads: 1n << 36n,
  SendMessagesInThreads: 1n << 38n,
  UseExternalApps: 1n << 50n,
} as const;

export type Permission = keyof typeof bits;

/** What everybody may do in a new guild. */
export const everyoneMay: readonly Permission[] = [
  'AddReactions',
  'ViewChannel',
  'SendMessages',
  'EmbedLinks',
  'AttachFiles',
  'ReadMessageHistory',
  'UseExternalEmojis',
  'UseApplicationCommands',
  'CreatePublicThreads',
  'SendMessagesInThreads',
  'UseExternalApps',
];

/** What the bot's own role adds to that. */
export const botMay: readonly Permission[] = ['ManageWebhooks'];

const ALL = Object.values(bits).reduce((all, bit) => all | bit, 0n);

export function bitsOf(permissions: readonly Permission[]): bigint {
  return permissions.reduce((all, name) => all | bits[name], 0n);
}

/** What a channel allows or denies to a role (0) or a member (1), beyond what their roles say. */
export interface Overwrite {
  readonly id: string;
  readonly type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

/** A member's permissions in a guild, without a channel's overwrites. */
export function guildPermissions(user: User, guild: Guild): bigint {
  const member = guild.members.get(user.id);
  if (!member) return 0n;
  if (guild.ownerId === user.id) return ALL;
  let all = guild.everyone.permissions;
  for (const id of member.roles) all |= guild.roles.get(id)?.permissions ?? 0n;
  return all & bits.Administrator ? ALL : all;
}

/** A member's permissions in a channel; a thread has its parent's. In a DM everything is allowed. */
export function channelPermissions(user: User, channel: Channel): bigint {
  const { guild } = channel;
  if (!guild) return ALL;
  const member = guild.members.get(user.id);
  let all = guildPermissions(user, guild);
  if (!member || all === ALL) return all;
  const overwrites = (channel.parent ?? channel).overwrites;
  const apply = (chosen: readonly Overwrite[]) => {
    for (const { deny } of chosen) all &= ~deny;
    for (const { allow } of chosen) all |= allow;
  };
  apply(overwrites.filter(({ id }) => id === guild.id));
  apply(overwrites.filter(({ id, type }) => type === 0 && member.roles.has(id)));
  apply(overwrites.filter(({ id, type }) => type === 1 && id === user.id));
  return all & bits.ViewChannel ? all : 0n;
}

/** Whether somebody may do all of this in a channel. */
export function may(user: User, channel: Channel, ...permissions: Permission[]): boolean {
  const needed = bitsOf(permissions);
  return (channelPermissions(user, channel) & needed) === needed;
}
