import { Channel, type ChannelOptions } from './channel.ts';
import { bitsOf, guildPermissions, type Permission } from './permissions.ts';
import type { User } from './user.ts';
import type { World } from './world.ts';

export interface Role {
  readonly id: string;
  readonly name: string;
  permissions: bigint;
  readonly mentionable: boolean;
  readonly managed: boolean;
}

export interface Member {
  readonly user: User;
  readonly roles: Set<string>;
  nick: string | null;
  readonly joinedAt: number;
}

/** A server. */
export class Guild {
  readonly world: World;
  readonly id: string;
  readonly name: string;
  readonly locale: string;
  readonly ownerId: string;
  readonly roles = new Map<string, Role>();
  readonly members = new Map<string, Member>();
  readonly channels = new Map<string, Channel>();

  constructor(
    world: World,
    { id, name, locale, ownerId }: { id: string; name: string; locale: string; ownerId: string },
  ) {
    this.world = world;
    this.id = id;
    this.name = name;
    this.locale = locale;
    this.ownerId = ownerId;
  }

  get everyone(): Role {
    return this.roles.get(this.id) as Role;
  }

  /** Whether the bot is a member. */
  get hasBot(): boolean {
    return this.members.has(this.world.bot.id);
  }

  addChannel(options: ChannelOptions | string): Channel {
    const channel = new Channel(this.world, {
      guild: this,
      ...(typeof options === 'string' ? { name: options } : options),
    });
    this.channels.set(channel.id, channel);
    this.world.channels.set(channel.id, channel);
    this.world.dispatch({ t: 'CHANNEL_CREATE', guild: this, needs: 'guilds', data: () => channel.json() });
    return channel;
  }

  addRole(
    name: string,
    {
      permissions = [],
      mentionable = false,
      managed = false,
      id = this.world.ids.next(),
    }: Partial<Omit<Role, 'permissions'>> & { permissions?: readonly Permission[] } = {},
  ): Role {
    const role: Role = { id, name, permissions: bitsOf(permissions), mentionable, managed };
    this.roles.set(id, role);
    this.world.dispatch({
      t: 'GUILD_ROLE_CREATE',
      guild: this,
      needs: 'guilds',
      data: () => ({ guild_id: this.id, role: roleJson(role, 1) }),
    });
    return role;
  }

  /** Makes somebody a member; the bot's own joining is `World.join`. */
  addMember(user: User, { roles = [], nick = null }: { roles?: readonly Role[]; nick?: string | null } = {}): Member {
    const member: Member = { user, nick, roles: new Set(roles.map(({ id }) => id)), joinedAt: this.world.clock.now() };
    this.members.set(user.id, member);
    this.world.dispatch({
      t: 'GUILD_MEMBER_ADD',
      guild: this,
      needs: 'members',
      data: () => ({ guild_id: this.id, ...this.memberJson(member) }),
    });
    return member;
  }

  /** Somebody leaves, or is made to. */
  removeMember(user: User): void {
    this.members.delete(user.id);
    this.world.dispatch({
      t: 'GUILD_MEMBER_REMOVE',
      guild: this,
      needs: 'members',
      data: () => ({ guild_id: this.id, user: user.json() }),
    });
  }

  /** Gives a member a role. */
  grant(user: User, role: Role): void {
    const member = this.members.get(user.id);
    if (!member) throw new Error(`${user.name} is no member of ${this.name}`);
    member.roles.add(role.id);
    this.#memberChanged(member);
  }

  /** Takes permissions from everybody's and the bot's own role. */
  revoke(...permissions: Permission[]): void {
    for (const role of [this.everyone, this.botRole]) {
      if (!role) continue;
      role.permissions &= ~bitsOf(permissions);
      this.world.dispatch({
        t: 'GUILD_ROLE_UPDATE',
        guild: this,
        needs: 'guilds',
        data: () => ({ guild_id: this.id, role: roleJson(role, role === this.everyone ? 0 : 1) }),
      });
    }
  }

  get botRole(): Role | undefined {
    return [...this.roles.values()].find(({ managed }) => managed);
  }

  memberJson(member: Member, { user = true, permissions = false } = {}) {
    return {
      ...(user && { user: member.user.json() }),
      ...(permissions && { permissions: guildPermissions(member.user, this).toString() }),
      nick: member.nick,
      avatar: null,
      roles: [...member.roles],
      joined_at: this.world.clock.iso(member.joinedAt),
      premium_since: null,
      deaf: false,
      mute: false,
      flags: 0,
      pending: false,
      communication_disabled_until: null,
    };
  }

  /** As `GET /guilds/:id` gives it. */
  json() {
    return {
      id: this.id,
      name: this.name,
      icon: null,
      splash: null,
      discovery_splash: null,
      owner_id: this.ownerId,
      afk_channel_id: null,
      afk_timeout: 300,
      verification_level: 0,
      default_message_notifications: 1,
      explicit_content_filter: 0,
      roles: [...this.roles.values()].map((role, at) => roleJson(role, at)),
      emojis: [],
      features: [],
      mfa_level: 0,
      application_id: null,
      system_channel_id: null,
      system_channel_flags: 0,
      rules_channel_id: null,
      vanity_url_code: null,
      description: null,
      banner: null,
      premium_tier: 0,
      premium_subscription_count: 0,
      preferred_locale: this.locale,
      public_updates_channel_id: null,
      nsfw_level: 0,
      stickers: [],
      premium_progress_bar_enabled: false,
      safety_alerts_channel_id: null,
    };
  }

  /** As GUILD_CREATE gives it: of the members, a bot without the presence intent is told only itself. */
  createJson() {
    const own = this.members.get(this.world.bot.id);
    const channels = [...this.channels.values()];
    return {
      ...this.json(),
      joined_at: this.world.clock.iso(own?.joinedAt),
      large: this.members.size > 50,
      unavailable: false,
      member_count: this.members.size,
      voice_states: [],
      members: own ? [this.memberJson(own)] : [],
      channels: channels.filter(({ isThread }) => !isThread).map((channel) => channel.json()),
      threads: channels.filter(({ isThread }) => isThread).map((channel) => channel.json()),
      presences: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
    };
  }

  #memberChanged(member: Member): void {
    this.world.dispatch({
      t: 'GUILD_MEMBER_UPDATE',
      guild: this,
      needs: 'members',
      data: () => ({ guild_id: this.id, ...this.memberJson(member) }),
    });
  }
}

export function roleJson({ id, name, permissions, mentionable, managed }: Role, position: number) {
  return {
    id,
    name,
    permissions: permissions.toString(),
    mentionable,
    managed,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    flags: 0,
  };
}
