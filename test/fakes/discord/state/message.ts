import { timeOf } from '../ids.ts';
import type { Channel } from './channel.ts';
import type { Component } from './components.ts';
import type { Mentions } from './mentions.ts';
import type { Author, User } from './user.ts';
import { all } from './view.ts';

export const SUPPRESS_EMBEDS = 1 << 2;
export const EPHEMERAL = 1 << 6;
export const LOADING = 1 << 7;
export const COMPONENTS_V2 = 1 << 15;

export interface Embed {
  title?: string | null | undefined;
  description?: string | null | undefined;
}

export interface Attachment {
  readonly filename: string;
  readonly size?: number;
  readonly content_type?: string;
}

/** The interaction that a message answers. */
export interface Cause {
  readonly id: string;
  readonly type: number;
  readonly user: User;
  /** Of a command. */
  readonly name?: string;
}

/** A message as it is now. */
export class Message {
  readonly id: string;
  readonly channel: Channel;
  readonly author: Author;
  readonly type: number;
  readonly nonce: string | undefined;
  readonly webhookId: string | undefined;
  readonly cause: Cause | undefined;
  /** Who alone sees it. */
  readonly ephemeralTo: User | undefined;
  /** What it replies to, which may be gone by now. */
  readonly reference: Message | undefined;
  content = '';
  embeds: Embed[] = [];
  components: Component[] = [];
  attachments: Attachment[] = [];
  flags = 0;
  mentions: Mentions = { users: [], roles: [], everyone: false };
  editedAt: number | undefined;
  /** How often it was edited. */
  edits = 0;
  deleted = false;
  thread: Channel | undefined;
  /** Who reacted, by emoji. */
  readonly reactions = new Map<string, Set<string>>();

  constructor(
    channel: Channel,
    author: Author,
    about: {
      id: string;
      type: number;
      nonce?: string | undefined;
      webhookId?: string | undefined;
      cause?: Cause | undefined;
      ephemeralTo?: User | undefined;
      reference?: Message | undefined;
    },
  ) {
    this.channel = channel;
    this.author = author;
    this.id = about.id;
    this.type = about.type;
    this.nonce = about.nonce;
    this.webhookId = about.webhookId;
    this.cause = about.cause;
    this.ephemeralTo = about.ephemeralTo;
    this.reference = about.reference;
  }

  get createdAt(): number {
    return timeOf(this.id);
  }

  get suppressesEmbeds(): boolean {
    return (this.flags & SUPPRESS_EMBEDS) !== 0;
  }

  get isLoading(): boolean {
    return (this.flags & LOADING) !== 0;
  }

  /** The button or menu with this custom id or label. @throws Error when there is none. */
  component(named: string): Component {
    const found = all(this.components).find(({ custom_id, label }) => custom_id === named || label === named);
    if (!found) throw new Error(`the message "${this.content}" has no button ${named}`);
    return found;
  }

  /** Whether the bot may read the content without the privileged intent. */
  get readable(): boolean {
    const { bot } = this.channel.world;
    const named = [...this.mentions.users, ...(this.mentions.repliedUser ? [this.mentions.repliedUser] : [])];
    return (
      this.channel.guild === undefined ||
      this.author.id === bot.id ||
      this.cause !== undefined ||
      named.some(({ id }) => id === bot.id)
    );
  }

  /**
   * As Discord gives it.
   *
   * @param content - whether the one who asks may read it.
   */
  json({ content = true, depth = 1 }: { content?: boolean; depth?: number } = {}): Record<string, unknown> {
    const { channel, mentions, reference, cause } = this;
    const { world, guild } = channel;
    const clear = content || this.readable;
    const named = new Map(
      [...mentions.users, ...(mentions.repliedUser ? [mentions.repliedUser] : [])].map((user) => [user.id, user]),
    );
    const there = reference && !reference.deleted;
    return {
      id: this.id,
      channel_id: channel.id,
      type: this.type,
      author: this.author.json(),
      content: clear ? this.content : '',
      embeds: clear ? this.embeds : [],
      components: clear ? this.components : [],
      attachments: clear ? this.attachments.map((file, at) => attachmentJson(this.id, file, at)) : [],
      timestamp: world.clock.iso(this.createdAt),
      edited_timestamp: this.editedAt === undefined ? null : world.clock.iso(this.editedAt),
      tts: false,
      mention_everyone: mentions.everyone,
      mentions: [...named.values()].map((user) => user.json()),
      mention_roles: mentions.roles.map(({ id }) => id),
      pinned: false,
      flags: this.flags,
      reactions: [...this.reactions].map(([name, users]) => ({
        emoji: { id: null, name },
        count: users.size,
        count_details: { burst: 0, normal: users.size },
        burst_colors: [],
        me: users.has(world.bot.id),
        me_burst: false,
      })),
      ...(this.nonce !== undefined && { nonce: this.nonce }),
      ...(this.webhookId && { webhook_id: this.webhookId }),
      // The app's answers to interactions, and what it says through webhooks that it made: all of the fake's are.
      ...(this.webhookId !== undefined && { application_id: world.app.id }),
      ...(this.thread && { thread: this.thread.json() }),
      ...(reference && {
        message_reference: { type: 0, message_id: reference.id, channel_id: reference.channel.id, guild_id: guild?.id },
      }),
      ...(reference &&
        depth > 0 && { referenced_message: there ? reference.json({ content, depth: depth - 1 }) : null }),
      ...(cause && {
        interaction_metadata: {
          id: cause.id,
          type: cause.type,
          user: cause.user.json(),
          authorizing_integration_owners: {},
          ...(cause.name && { name: cause.name }),
        },
      }),
    };
  }

  /** As the gateway gives it: with guild and member. */
  eventJson(content: boolean): Record<string, unknown> {
    const { guild, type } = this.channel;
    const member = this.webhookId ? undefined : guild?.members.get(this.author.id);
    return {
      ...this.json({ content }),
      channel_type: type,
      ...(guild && { guild_id: guild.id }),
      ...(guild && member && { member: guild.memberJson(member, { user: false }) }),
    };
  }
}

function attachmentJson(message: string, { filename, size = 1, content_type }: Attachment, at: number) {
  const url = `http://127.0.0.1:9/attachments/${message}/${at}/${encodeURIComponent(filename)}`;
  return {
    id: `${message.slice(0, -1)}${at % 10}`,
    filename,
    size,
    url,
    proxy_url: url,
    ...(content_type && { content_type }),
  };
}
