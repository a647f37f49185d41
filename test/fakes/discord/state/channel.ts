import { until } from '../../wait.ts';
import type { Guild, Role } from './guild.ts';
import type { Message } from './message.ts';
import { bitsOf, type Overwrite, type Permission } from './permissions.ts';
import type { User } from './user.ts';
import { show } from './view.ts';
import type { World } from './world.ts';

export const TEXT = 0;
export const DM = 1;
export const PUBLIC_THREAD = 11;

export interface ChannelOptions {
  readonly name: string;
  readonly type?: number;
  readonly topic?: string;
}

/** What happened to a message. */
export interface Change {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: 'create' | 'edit' | 'delete';
  readonly message: string;
  readonly author: string;
  /** As it is after the change. */
  readonly content: string;
  readonly buttons: readonly string[];
}

/** A text channel, a thread or direct messages, with all that was ever said in it. */
export class Channel {
  readonly world: World;
  readonly id: string;
  readonly type: number;
  readonly name: string;
  readonly topic: string | null;
  readonly guild: Guild | undefined;
  /** Of a thread, the channel that it hangs in. */
  readonly parent: Channel | undefined;
  /** Of direct messages, who besides the bot. */
  readonly recipient: User | undefined;
  readonly overwrites: Overwrite[] = [];
  /** What stands there now, oldest first. */
  readonly messages = new Map<string, Message>();
  /** Every change, oldest first. */
  readonly history: Change[] = [];
  /** When somebody was last seen typing, by user id. */
  readonly typing = new Map<string, number>();
  archived = false;
  deleted = false;

  constructor(
    world: World,
    options: ChannelOptions & { id?: string; guild?: Guild; parent?: Channel; recipient?: User },
  ) {
    this.world = world;
    this.id = options.id ?? world.ids.next();
    this.type = options.type ?? TEXT;
    this.name = options.name;
    this.topic = options.topic ?? null;
    this.guild = options.guild;
    this.parent = options.parent;
    this.recipient = options.recipient;
  }

  get isThread(): boolean {
    return this.parent !== undefined;
  }

  /** What a reader sees now: `Ann: hi`, `Wisecrack (reply to Ann): Hello [Stop]`. */
  shows(): string[] {
    return [...this.messages.values()].map(show);
  }

  /** How many edits its messages have had. */
  get edits(): number {
    return this.history.filter(({ kind }) => kind === 'edit').length;
  }

  /** The newest message that stands there. */
  get last(): Message | undefined {
    return [...this.messages.values()].at(-1);
  }

  /** Waits until a line of `shows()` is, contains (string) or matches (expression) this. @returns the message. */
  sees(line: string | RegExp, within = 60_000): Promise<Message> {
    const fits = (shown: string) => (typeof line === 'string' ? shown.includes(line) : line.test(shown));
    return until(() => [...this.messages.values()].find((message) => fits(show(message))), {
      within,
      what: () => `${line} in #${this.name}, which shows:\n${this.shows().join('\n')}`,
    });
  }

  /** Opens a thread in this channel. */
  addThread(name: string, { owner = this.world.bot, message }: { owner?: User; message?: Message } = {}): Channel {
    if (!this.guild) throw new Error('a thread needs a server');
    const thread = new Channel(this.world, {
      name,
      type: PUBLIC_THREAD,
      guild: this.guild,
      parent: this,
      ...(message && { id: message.id }),
    });
    this.guild.channels.set(thread.id, thread);
    this.world.channels.set(thread.id, thread);
    if (message) message.thread = thread;
    this.world.dispatch({
      t: 'THREAD_CREATE',
      channel: thread,
      needs: 'guilds',
      data: () => ({ ...thread.json(), owner_id: owner.id, newly_created: true }),
    });
    return thread;
  }

  /** Forbids something to the bot, or to `who`. */
  deny(permissions: Permission | readonly Permission[], who: User | Role = this.world.bot): void {
    const overwrite = this.#overwrite(who);
    overwrite.deny |= bitsOf([permissions].flat());
    overwrite.allow &= ~overwrite.deny;
    this.#changed();
  }

  /** Allows something to the bot, or to `who`. */
  allow(permissions: Permission | readonly Permission[], who: User | Role = this.world.bot): void {
    const overwrite = this.#overwrite(who);
    overwrite.allow |= bitsOf([permissions].flat());
    overwrite.deny &= ~overwrite.allow;
    this.#changed();
  }

  /** Deletes the channel and its threads. */
  delete(): void {
    for (const thread of this.guild?.channels.values() ?? []) if (thread.parent === this) thread.delete();
    // First told, then gone: a channel that is gone has no permissions to hear of it.
    this.world.dispatch({
      t: this.isThread ? 'THREAD_DELETE' : 'CHANNEL_DELETE',
      channel: this,
      needs: 'guilds',
      data: () => this.json(),
    });
    this.deleted = true;
    this.guild?.channels.delete(this.id);
    this.world.channels.delete(this.id);
  }

  json() {
    const { guild, parent, recipient } = this;
    const last_message_id = this.last?.id ?? null;
    if (recipient) return { id: this.id, type: DM, last_message_id, recipients: [recipient.json()] };
    const common = { id: this.id, type: this.type, guild_id: guild?.id, name: this.name, last_message_id, flags: 0 };
    if (!parent) {
      return {
        ...common,
        topic: this.topic,
        position: 0,
        parent_id: null,
        nsfw: false,
        rate_limit_per_user: 0,
        permission_overwrites: this.overwrites.map(({ id, type, allow, deny }) => ({
          id,
          type,
          allow: allow.toString(),
          deny: deny.toString(),
        })),
      };
    }
    return {
      ...common,
      parent_id: parent.id,
      owner_id: this.world.bot.id,
      message_count: this.messages.size,
      member_count: 2,
      rate_limit_per_user: 0,
      thread_metadata: {
        archived: this.archived,
        auto_archive_duration: 1440,
        archive_timestamp: this.world.clock.iso(),
        locked: false,
        create_timestamp: this.world.clock.iso(),
      },
      // Without this the client believes that it cannot write there.
      member: { id: this.id, user_id: this.world.bot.id, join_timestamp: this.world.clock.iso(), flags: 0 },
    };
  }

  #overwrite(who: User | Role): Overwrite {
    let overwrite = this.overwrites.find(({ id }) => id === who.id);
    if (!overwrite) {
      overwrite = { id: who.id, type: 'permissions' in who ? 0 : 1, allow: 0n, deny: 0n };
      this.overwrites.push(overwrite);
    }
    return overwrite;
  }

  #changed(): void {
    this.world.dispatch({ t: 'CHANNEL_UPDATE', guild: this.guild, needs: 'guilds', data: () => this.json() });
  }
}
