import type { Clock } from '../../clock.ts';
import { Ids } from '../ids.ts';
import { problem } from '../problems.ts';
import { Channel, DM } from './channel.ts';
import { Commands } from './commands.ts';
import { Guild } from './guild.ts';
import type { Interaction } from './interaction.ts';
import type { Ping } from './mentions.ts';
import type { Message } from './message.ts';
import { botMay, everyoneMay, may, type Permission } from './permissions.ts';
import { User } from './user.ts';
import type { Webhook } from './webhook.ts';

/** What an event needs for a bot to hear it: an intent, or none. */
export type Need = 'guilds' | 'members' | 'messages' | 'reactions' | 'typing' | 'webhooks' | 'none';

/** An event for the gateway. Who is connected, with which intents and shards, is the gateway's matter. */
export interface Dispatch {
  readonly t: string;
  readonly needs: Need;
  readonly guild?: Guild | undefined;
  /** Only those who can see it hear the event. */
  readonly channel?: Channel | undefined;
  /** @param content - whether the session may read message content. */
  readonly data: (content: boolean) => object;
}

export interface App {
  readonly id: string;
  readonly name: string;
}

/** After this age a message can hardly be edited. */
const OLD_MS = 3_600_000;

/** What is in the fake: users, guilds, channels, what was said, and who was pinged. It knows no network. */
export class World {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly app: App;
  readonly bot: User;
  /** A human who owns guilds and the app, and does nothing. */
  readonly owner: User;
  /** The bit field of intents that the app may ask for. */
  readonly intentsAllowed: number;
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly webhooks = new Map<string, Webhook>();
  readonly interactions = new Map<string, Interaction>();
  readonly commands = new Commands(this);
  /** Every message that pinged somebody, also by users. */
  readonly pings: Ping[] = [];
  /** How edits of messages older than an hour are refused. */
  oldEdits: { status: number; retryAfterMs: number } | 'allowed';
  /** How long an interaction waits for its first answer. */
  interactionMs: number;
  readonly #listeners = new Set<(event: Dispatch) => void>();
  readonly #watchers = new Set<() => void>();

  constructor(options: {
    clock: Clock;
    app: App;
    seed: number;
    intentsAllowed: number;
    oldEdits: World['oldEdits'];
    interactionMs: number;
  }) {
    this.clock = options.clock;
    this.ids = new Ids(options.clock, options.seed);
    this.app = options.app;
    this.intentsAllowed = options.intentsAllowed;
    this.oldEdits = options.oldEdits;
    this.interactionMs = options.interactionMs;
    this.bot = this.addUser(new User({ id: options.app.id, name: options.app.name, bot: true }));
    this.owner = this.addUser(new User({ id: this.ids.next(), name: 'Owner' }));
  }

  addUser<Kind extends User>(user: Kind): Kind {
    this.users.set(user.id, user);
    return user;
  }

  addGuild({
    id = this.ids.nextGuild(),
    name,
    locale = 'en-US',
    bot = true,
    permissions = botMay,
  }: {
    id?: string;
    name: string;
    locale?: string;
    bot?: boolean;
    permissions?: readonly Permission[];
  }): Guild {
    const guild = new Guild(this, { id, name, locale, ownerId: this.owner.id });
    guild.addRole('@everyone', { id, permissions: everyoneMay });
    guild.addMember(this.owner);
    this.guilds.set(id, guild);
    if (bot) this.join(guild, permissions);
    return guild;
  }

  /** The bot becomes a member. */
  join(guild: Guild, permissions: readonly Permission[] = botMay): void {
    const role = guild.addRole(this.app.name, { permissions, managed: true });
    guild.addMember(this.bot, { roles: [role] });
    this.dispatch({ t: 'GUILD_CREATE', guild, needs: 'guilds', data: () => guild.createJson() });
  }

  /** The bot is thrown out. */
  leave(guild: Guild): void {
    this.dispatch({ t: 'GUILD_DELETE', guild, needs: 'guilds', data: () => ({ id: guild.id, unavailable: false }) });
    guild.members.delete(this.bot.id);
    if (guild.botRole) guild.roles.delete(guild.botRole.id);
  }

  /** The direct messages between somebody and the bot. */
  dm(user: User): Channel {
    const known = [...this.channels.values()].find(({ recipient }) => recipient === user);
    if (known) return known;
    const channel = new Channel(this, { type: DM, name: user.name, recipient: user });
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** A channel that the bot can see. @throws ApiError 10003, 50001 */
  visible(id: string): Channel {
    const channel = this.channels.get(id);
    if (!channel) throw problem('unknownChannel');
    if (!may(this.bot, channel, 'ViewChannel')) throw problem('missingAccess');
    return channel;
  }

  /** A channel where the bot may do all of this. @throws ApiError 10003, 50001, 50013 */
  permitted(id: string, ...permissions: Permission[]): Channel {
    const channel = this.visible(id);
    if (!may(this.bot, channel, ...permissions)) throw problem('missingPermissions');
    return channel;
  }

  /** A message in a channel. @throws ApiError 10008 */
  message(channel: Channel, id: string): Message {
    const message = channel.messages.get(id);
    if (!message) throw problem('unknownMessage');
    return message;
  }

  /** A guild that the bot is in. @throws ApiError 10004 */
  joined(id: string): Guild {
    const guild = this.guilds.get(id);
    if (!guild?.hasBot) throw problem('unknownGuild');
    return guild;
  }

  /** Whether a message is too old to be edited freely. */
  isOld(message: Message): boolean {
    return this.clock.now() - message.createdAt > OLD_MS;
  }

  /** Whether the app may read message content at all. */
  get readsContent(): boolean {
    return (this.intentsAllowed & (1 << 15)) !== 0;
  }

  dispatch(event: Dispatch): void {
    for (const listener of this.#listeners) listener(event);
    this.changed();
  }

  onDispatch(listener: (event: Dispatch) => void): void {
    this.#listeners.add(listener);
  }

  /** Something that a reader could see has changed. */
  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Calls `watcher` at every change. @returns how to stop that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
