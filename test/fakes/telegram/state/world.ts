import type { Clock } from '../../clock.ts';
import { problem } from '../problems.ts';
import { Chat, type ChatOptions } from './chat.ts';
import { Commands } from './commands.ts';
import { Files } from './files.ts';
import { InlineCache, type InlineQuery } from './inline.ts';
import type { Message } from './message.ts';
import type { Ping } from './pings.ts';
import type { Press } from './press.ts';
import { User } from './user.ts';

/** What the bot hears in groups. */
export interface Privacy {
  /** Privacy mode is off: everything. */
  readsAll: boolean;
  /** Whether a mention of the bot gets through privacy mode. */
  mentions: boolean;
  /** Whether messages of other bots get through. */
  otherBots: boolean;
}

/** Something for the bot to hear. How it is told is not the world's matter. */
export interface Told {
  /** E.g. `message`, `callback_query`. */
  readonly type: string;
  readonly data: object;
  /** What is of one chat is told in order. */
  readonly key: string;
}

/** What is in the fake: users, chats, what was said, and who was called. It knows no network. */
export class World {
  readonly clock: Clock;
  readonly bot: User;
  /** Who owns groups that nobody else does. */
  readonly owner: User;
  readonly users = new Map<number, User>();
  readonly chats = new Map<number, Chat>();
  readonly presses = new Map<string, Press>();
  readonly queries = new Map<string, InlineQuery>();
  /** Messages that were sent through inline mode and can be edited. */
  readonly inlineMessages = new Map<string, Message>();
  readonly commands = new Commands();
  readonly files = new Files();
  readonly inlineCache = new InlineCache();
  /** Texts about the bot, by kind and language, e.g. `description|en`. */
  readonly texts = new Map<string, string>();
  /** Every message that called somebody, also by users. */
  readonly pings: Ping[] = [];
  readonly privacy: Privacy;
  /** Inline mode: whether it is on, and whether the bot hears what was chosen. */
  readonly inline: { on: boolean; feedback: boolean };
  /** Whether the server knows sendMessageDraft; an older one does not. */
  drafts = true;
  #message = 0;
  #query = 4_000_000_000_000_000;
  #user = 700_000;
  #group = -4_000_000;
  #supergroup = -1_001_000_000_000;
  readonly #listeners = new Set<(told: Told) => void>();
  readonly #watchers = new Set<() => void>();

  constructor(options: { clock: Clock; bot: User; privacy: Privacy; inline: { on: boolean; feedback: boolean } }) {
    this.clock = options.clock;
    this.privacy = options.privacy;
    this.inline = options.inline;
    this.bot = this.addUser(options.bot);
    this.owner = this.addUser(new User({ id: this.nextUserId(), first_name: 'Owner' }));
  }

  nextMessageId(): number {
    return ++this.#message;
  }

  nextQueryId(): string {
    return String(++this.#query);
  }

  nextUserId(): number {
    return ++this.#user;
  }

  nextGroupId(): number {
    return --this.#group;
  }

  nextSupergroupId(): number {
    return --this.#supergroup;
  }

  addUser<Kind extends User>(user: Kind): Kind {
    this.users.set(user.id, user);
    return user;
  }

  addChat(options: ChatOptions): Chat {
    const chat = new Chat(this, options);
    this.chats.set(chat.id, chat);
    return chat;
  }

  /** The private chat of a user with the bot. */
  privateChat(user: User): Chat {
    return this.chats.get(user.id) ?? this.addChat({ id: user.id, type: 'private', title: user.name, user });
  }

  userCalled(username: string): User | undefined {
    const wanted = username.toLowerCase();
    return [...this.users.values()].find((user) => user.username?.toLowerCase() === wanted);
  }

  /** The chat that a request names, by id or by `@username`. @throws ApiError when there is none. */
  chat(id: number | string): Chat {
    const name = typeof id === 'string' && id.startsWith('@') ? this.userCalled(id.slice(1))?.id : Number(id);
    const user = this.users.get(name ?? 0);
    const chat = this.chats.get(name ?? 0) ?? (user && !user.is_bot ? this.privateChat(user) : undefined);
    if (user?.is_bot && user !== this.bot) throw problem('toBot');
    if (!chat || chat.deleted) throw problem('chatNotFound');
    return chat;
  }

  /** The same, where the bot is and may act. @throws ApiError when it may not. */
  writable(id: number | string): Chat {
    const chat = this.chat(id);
    if (chat.migratedTo) throw problem('migrated', { migrate_to_chat_id: chat.migratedTo.id });
    if (chat.type === 'private') {
      if (chat.blocked) throw problem('blocked');
      if (!chat.started) throw problem('notStarted');
      return chat;
    }
    const group = chat.type === 'group';
    const status = chat.statusOf(this.bot.id);
    if (status === 'kicked') throw problem(group ? 'kickedGroup' : 'kickedSupergroup');
    if (status === 'left') throw problem(group ? 'notMemberGroup' : 'notMemberSupergroup');
    return chat;
  }

  tell(type: string, data: object, about: Chat | User): void {
    const told = { type, data, key: String(about.id) };
    for (const listener of this.#listeners) listener(told);
  }

  /** Calls `listener` with all that the bot may hear. @returns how to end it. */
  listen(listener: (told: Told) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `watcher` whenever something that is shown has changed. @returns how to end it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  changed(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
