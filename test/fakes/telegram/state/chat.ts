import { until } from '../../wait.ts';
import { DRAFT_MS, type Draft } from './draft.ts';
import { Message } from './message.ts';
import { put } from './post.ts';
import type { Topic } from './topic.ts';
import type { User } from './user.ts';
import { show, showDraft } from './view.ts';
import type { World } from './world.ts';

export type Status = 'creator' | 'administrator' | 'member' | 'left' | 'kicked';

/** What happened in a chat. */
export interface Change {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: 'create' | 'edit' | 'delete' | 'draft';
  /** The id of the message, or of the draft. */
  readonly message: number;
  readonly author: string;
  /** As it is after the change. */
  readonly text: string;
  readonly buttons: readonly string[];
}

export interface ChatOptions {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup';
  readonly title: string;
  readonly user?: User;
  readonly forum?: boolean;
}

/** A private chat with the bot, a group or a supergroup, with all that was ever said in it. */
export class Chat {
  readonly world: World;
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup';
  readonly title: string;
  /** Of a private chat, who besides the bot. */
  readonly user: User | undefined;
  readonly isForum: boolean;
  readonly members = new Map<number, Status>();
  readonly topics = new Map<number, Topic>();
  /** What stands there now, oldest first. */
  readonly messages = new Map<number, Message>();
  readonly history: Change[] = [];
  readonly #drafts = new Map<number, Draft>();
  /** What the bot was last seen doing, e.g. typing, and when. */
  action: { readonly action: string; readonly at: number; readonly thread: number | undefined } | undefined;
  /** Whether the user has blocked the bot. */
  blocked = false;
  /** Whether the user has ever written, without which the bot may not. */
  started = false;
  /** Whether the bot may write here. */
  canSend = true;
  /** The supergroup that this group has become. */
  migratedTo: Chat | undefined;
  deleted = false;
  /** Frames of drafts that came after the user had stopped them. */
  framesAfterStop = 0;
  #lastId = 0;

  constructor(world: World, { id, type, title, user, forum = false }: ChatOptions) {
    this.world = world;
    this.id = id;
    this.type = type;
    this.title = title;
    this.user = user;
    this.isForum = forum;
  }

  /** Supergroups count their messages themselves; all other chats of the bot together. */
  nextId(): number {
    return this.type === 'supergroup' ? ++this.#lastId : this.world.nextMessageId();
  }

  /** What a reader sees now: `Ann: hi`, `Wisecrack (reply to Ann): Hello [Stop]`, `(draft) Hel`. */
  shows(topic?: Topic): string[] {
    const here = [...this.messages.values()].filter((message) => !topic || message.topic === topic);
    return [...here.map(show), ...this.drafts.map(showDraft)];
  }

  /** The drafts that are seen now. */
  get drafts(): Draft[] {
    const now = this.world.clock.now();
    return [...this.#drafts.values()].filter(({ at, stopped, keepOnStop }) => {
      return now - at < DRAFT_MS && (!stopped || keepOnStop);
    });
  }

  /** Every draft since the bot last sent a message there, also one that is not seen any more. */
  get allDrafts(): Draft[] {
    return [...this.#drafts.values()];
  }

  setDraft(draft: Draft): void {
    this.#drafts.set(draft.thread, draft);
  }

  draftIn(thread: number): Draft | undefined {
    return this.#drafts.get(thread);
  }

  /** A message takes the place of the draft. */
  dropDraft(thread: number): void {
    this.#drafts.delete(thread);
  }

  /** How many messages, edits, drafts and deletions there were of the bot. */
  get counts() {
    const of = (kind: Change['kind']) =>
      this.history.filter((one) => one.kind === kind && one.author === this.world.bot.name).length;
    return { sends: of('create'), edits: of('edit'), drafts: of('draft'), deletes: of('delete') };
  }

  /** The newest message that stands there. */
  get last(): Message | undefined {
    return [...this.messages.values()].at(-1);
  }

  /** Waits until a line of `shows()` contains (string) or matches (expression) this. @returns the line. */
  sees(line: string | RegExp, within = 60_000): Promise<string> {
    const fits = (shown: string) => (typeof line === 'string' ? shown.includes(line) : line.test(shown));
    return until(() => this.shows().find(fits), { within, what: () => `${line} in ${this.#described()}` });
  }

  /** The same for a message, which can then be answered or pressed. */
  message(line: string | RegExp, within = 60_000): Promise<Message> {
    const fits = (shown: string) => (typeof line === 'string' ? shown.includes(line) : line.test(shown));
    return until(() => [...this.messages.values()].findLast((message) => fits(show(message))), {
      within,
      what: () => `${line} in ${this.#described()}`,
    });
  }

  #described(): string {
    return `"${this.title}", which shows:\n${this.shows().join('\n')}`;
  }

  /** Whether somebody is in the chat. */
  has(id: number): boolean {
    return !['left', 'kicked'].includes(this.statusOf(id));
  }

  statusOf(id: number): Status {
    if (this.type === 'private') return id === this.user?.id || id === this.world.bot.id ? 'member' : 'left';
    return this.members.get(id) ?? 'left';
  }

  isAdmin(id: number): boolean {
    return ['creator', 'administrator'].includes(this.statusOf(id));
  }

  /**
   * Changes what somebody is in the group. The bot hears of itself, and all read of who comes and goes.
   *
   * @param by - who did it.
   */
  setStatus(user: User, status: Status, by: User): void {
    const [before, was] = [this.statusOf(user.id), this.has(user.id)];
    if (before === status) return;
    this.members.set(user.id, status);
    const { bot } = this.world;
    if (user === bot) {
      this.world.tell('my_chat_member', this.membership(bot, before, status, by), this);
    } else if (this.isAdmin(bot.id)) {
      this.world.tell('chat_member', this.membership(user, before, status, by), this);
    }
    if (was === this.has(user.id)) return;
    const service = was ? { left_chat_member: user.json() } : { new_chat_members: [user.json()] };
    put(new Message(this, by, this.nextId(), { service }));
  }

  /** Puts the bot out of the group. */
  kickBot(by: User = this.owner): void {
    this.setStatus(this.world.bot, 'kicked', by);
  }

  addBot(by: User = this.owner): void {
    this.setStatus(this.world.bot, 'member', by);
  }

  /** Makes the bot an administrator, or no longer one. */
  promoteBot(admin = true, by: User = this.owner): void {
    this.setStatus(this.world.bot, admin ? 'administrator' : 'member', by);
  }

  get owner(): User {
    const [id = 0] = [...this.members].find(([, status]) => status === 'creator') ?? [];
    return this.world.users.get(id) ?? this.world.owner;
  }

  /** Turns a group into a supergroup, which has another id. @returns the supergroup. */
  migrate(by: User = this.owner): Chat {
    const heir = this.world.addChat({ id: this.world.nextSupergroupId(), type: 'supergroup', title: this.title });
    for (const [id, status] of this.members) heir.members.set(id, status);
    put(new Message(this, by, this.nextId(), { service: { migrate_to_chat_id: heir.id } }));
    this.migratedTo = heir;
    put(new Message(heir, by, heir.nextId(), { service: { migrate_from_chat_id: this.id } }));
    return heir;
  }

  /** Opens a topic of a forum. */
  addTopic(name: string, by: User = this.owner): Topic {
    if (!this.isForum) throw new Error('topics are for forums');
    const topic = { id: this.nextId(), name, closed: false };
    this.topics.set(topic.id, topic);
    put(new Message(this, by, topic.id, { topic, service: { forum_topic_created: { name, icon_color: 0x6fb9f0 } } }));
    return topic;
  }

  /** Closes a topic, or opens it again. */
  closeTopic(topic: Topic, closed = true, by: User = this.owner): void {
    topic.closed = closed;
    const service = closed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} };
    put(new Message(this, by, this.nextId(), { topic, service }));
  }

  deleteTopic(topic: Topic): void {
    this.topics.delete(topic.id);
    for (const [id, message] of this.messages) if (message.topic === topic) this.messages.delete(id);
  }

  /** Lets the chat vanish, as if it had never been. */
  delete(): void {
    this.deleted = true;
  }

  membership(user: User, before: Status, after: Status, by: User): object {
    const json = (status: Status) => memberJson(user, status);
    return {
      chat: this.json(),
      from: by.json(),
      date: Math.floor(this.world.clock.now() / 1000),
      old_chat_member: json(before),
      new_chat_member: json(after),
    };
  }

  json() {
    const { id, type, title, user } = this;
    if (user) {
      const { first_name, last_name, username } = user;
      return { id, type, first_name, ...(last_name && { last_name }), ...(username && { username }) };
    }
    return { id, type, title, ...(this.isForum && { is_forum: true }) };
  }
}

/** A ChatMember. */
export function memberJson(user: User, status: Status): object {
  const common = { user: user.json(), status };
  if (status === 'creator') return { ...common, is_anonymous: false };
  if (status === 'kicked') return { ...common, until_date: 0 };
  if (status !== 'administrator') return common;
  return {
    ...common,
    can_be_edited: false,
    is_anonymous: false,
    can_manage_chat: true,
    can_delete_messages: true,
    can_manage_video_chats: true,
    can_restrict_members: true,
    can_promote_members: false,
    can_change_info: true,
    can_invite_users: true,
    can_post_stories: false,
    can_edit_stories: false,
    can_delete_stories: false,
    can_pin_messages: true,
    can_manage_topics: true,
  };
}
