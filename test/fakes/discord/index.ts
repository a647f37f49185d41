import { FakeDiscord, type FakeDiscordOptions } from './discord.ts';

/** Starts a fake Discord on a free port of 127.0.0.1. */
export function startFakeDiscord(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
  return FakeDiscord.start(options);
}

export type { Planned } from '../planned.ts';
export type { FakeDiscord, FakeDiscordOptions } from './discord.ts';
export type { Matcher } from './faults.ts';
export { defaultLimits, type Limit, type LimitName } from './limits.ts';
export type { Person } from './people/person.ts';
export type { Change, Channel } from './state/channel.ts';
export type { Guild, Role } from './state/guild.ts';
export type { Interaction } from './state/interaction.ts';
export type { Ping } from './state/mentions.ts';
export type { Message } from './state/message.ts';
export type { Permission } from './state/permissions.ts';
export type { User } from './state/user.ts';
