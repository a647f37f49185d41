import type { Chat, Status } from '../state/chat.ts';
import type { Draft } from '../state/draft.ts';
import { type InlineAnswer, InlineQuery, type InlineResult } from '../state/inline.ts';
import { Message, seconds } from '../state/message.ts';
import { put, record, remove } from '../state/post.ts';
import { Press } from '../state/press.ts';
import { hears } from '../state/privacy.ts';
import type { Topic } from '../state/topic.ts';
import { type About, User } from '../state/user.ts';
import type { World } from '../state/world.ts';
import { detect } from '../text/detect.ts';
import type { Entity } from '../text/entities.ts';

export interface SaysOptions {
  readonly replyTo?: Message | undefined;
  readonly topic?: Topic;
  /** Formatting besides what Telegram finds by itself. */
  readonly entities?: readonly Entity[];
  readonly document?: { readonly name: string; readonly bytes: Buffer; readonly mime?: string };
}

/** Somebody with the Telegram app in their hand. */
export class Person extends User {
  readonly #world: World;

  constructor(world: World, about: About) {
    super(about);
    this.#world = world;
  }

  /** The private chat with the bot. */
  get chat(): Chat {
    return this.#world.privateChat(this);
  }

  /** Writes to the bot in private. */
  writes(text: string, options: SaysOptions = {}): Message {
    return this.says(this.chat, text, options);
  }

  /**
   * Writes in a chat. The bot hears it where privacy mode lets it.
   *
   * @throws Error when the app would not let them.
   */
  says(
    chat: Chat,
    text: string,
    { replyTo, topic = replyTo?.topic, entities = [], document }: SaysOptions = {},
  ): Message {
    this.#mayWrite(chat, topic);
    if (chat.type === 'private') chat.started = true;
    const message = new Message(chat, this, chat.nextId(), { replyTo, topic });
    message.write({ text, entities: [...entities, ...detect(text, entities)] });
    if (document) message.document = this.#world.files.add(document);
    return put(message);
  }

  /** Changes an own message. */
  edits(message: Message, text: string): void {
    if (message.from !== this) throw new Error(`${this.name} may not edit a message of ${message.from.name}`);
    const { chat } = message;
    this.#mayWrite(chat, undefined);
    message.write({ text, entities: detect(text, []) });
    message.editedAt = this.#world.clock.now();
    message.edits++;
    record(message, 'edit');
    if (hears(message)) this.#world.tell('edited_message', message.json(), chat);
  }

  /** Deletes a message. Telegram tells no bot of it. */
  deletes(message: Message): void {
    remove(message, this);
  }

  /** Reacts with an emoji, or with none. In groups the bot hears of it as an administrator only. */
  reacts(message: Message, emoji?: string): void {
    const { chat } = message;
    const list = (all: readonly string[]) => all.map((one) => ({ type: 'emoji', emoji: one }));
    const before = message.reactions.get(this.id) ?? [];
    const after = emoji ? [emoji] : [];
    message.reactions.set(this.id, after);
    this.#world.changed();
    if (chat.type !== 'private' && !chat.isAdmin(this.#world.bot.id)) return;
    const data = {
      chat: chat.json(),
      message_id: message.id,
      user: this.json(),
      date: this.#now(),
      old_reaction: list(before),
      new_reaction: list(after),
    };
    this.#world.tell('message_reaction', data, chat);
  }

  /**
   * Presses a button under a message.
   *
   * @param button - its label or its data.
   * @returns the press, which shows what it was answered.
   * @throws Error when the button is not there, the message is gone, or the button only opens something.
   */
  presses(message: Message, button: string): Press {
    const { chat, inlineId } = message;
    const { callback_data: data } = message.button(button);
    if (message.deleted) throw new Error('the message is not there');
    if (!chat.has(this.id)) throw new Error(`${this.name} is not in "${chat.title}"`);
    if (data === undefined) throw new Error(`the button ${button} asks the bot nothing`);
    const press = new Press(this.#world.nextQueryId(), this, message, data);
    this.#world.presses.set(press.id, press);
    const about = inlineId === undefined ? { message: message.json() } : { inline_message_id: inlineId };
    const query = { id: press.id, from: this.json(), ...about, chat_instance: String(chat.id), data };
    this.#world.tell('callback_query', query, chat);
    return press;
  }

  /**
   * Types the bot's name and a question in any chat.
   *
   * @param within - how long to wait for the bot, in milliseconds.
   * @throws Error when inline mode is off, or no answer comes.
   */
  async inline(
    text: string,
    {
      offset = '',
      chatType = 'sender',
      within = 60_000,
    }: { offset?: string; chatType?: 'sender' | 'private' | 'group' | 'supergroup'; within?: number } = {},
  ): Promise<InlineQuery & { answer: InlineAnswer }> {
    if (!this.#world.inline.on) throw new Error('inline mode is off');
    const query = new InlineQuery(this.#world, this, text, offset);
    this.#world.queries.set(query.id, query);
    const cached = this.#world.inlineCache.find(query, this.#world.clock.now());
    if (cached) {
      query.answer = cached;
      query.fromCache = true;
    } else {
      const data = { id: query.id, from: this.json(), query: text, offset, chat_type: chatType };
      this.#world.tell('inline_query', data, this);
    }
    return Object.assign(query, { answer: await query.answered(within) });
  }

  /** Sends a result of an inline query into a chat. */
  chooses(query: InlineQuery, result: InlineResult | undefined, chat: Chat): Message {
    if (!result) throw new Error('there is no such result');
    this.#mayWrite(chat, undefined);
    const message = new Message(chat, this, chat.nextId(), { viaBot: this.#world.bot });
    message.write(result.content);
    message.preview = result.preview;
    message.keyboard = result.keyboard;
    // Without buttons a message of inline mode can never be edited.
    if (result.keyboard) {
      message.inlineId = `inline-${query.id}-${message.id}`;
      this.#world.inlineMessages.set(message.inlineId, message);
    }
    put(message);
    if (this.#world.inline.feedback) {
      const data = {
        result_id: result.id,
        from: this.json(),
        query: query.query,
        ...(message.inlineId !== undefined && { inline_message_id: message.inlineId }),
      };
      this.#world.tell('chosen_inline_result', data, this);
    }
    return message;
  }

  /** Presses the button that stops a draft: the one that is seen, unless told which. @throws Error without a button. */
  stops(draft: Draft | undefined = this.chat.drafts.at(-1)): void {
    if (!draft || !this.chat.drafts.includes(draft)) throw new Error('there is no draft');
    if (!draft.canStop) throw new Error('the draft has no button to stop it');
    this.chat.setDraft({ ...draft, stopped: true });
    this.#world.changed();
    const { id: draft_id, thread } = draft;
    const data = { chat: this.chat.json(), draft_id, ...(thread !== 0 && { message_thread_id: thread }) };
    this.#world.tell('stopped_message_generation', data, this.chat);
  }

  /** Presses Start, also through a link with a payload. */
  starts(payload = ''): Message {
    if (this.chat.blocked) this.unblocks();
    return this.writes(payload === '' ? '/start' : `/start ${payload}`);
  }

  /** Blocks the bot. */
  blocks(): void {
    this.#block(true);
  }

  unblocks(): void {
    this.#block(false);
  }

  joins(chat: Chat): void {
    chat.setStatus(this, 'member', this);
  }

  leaves(chat: Chat): void {
    chat.setStatus(this, 'left', this);
  }

  /** What the menu of commands offers them in a chat. */
  menu(chat: Chat = this.chat) {
    return this.#world.commands.seen(this, chat);
  }

  #block(blocked: boolean): void {
    const { chat } = this;
    if (chat.blocked === blocked) return;
    chat.blocked = blocked;
    const [before, after]: Status[] = blocked ? ['member', 'kicked'] : ['kicked', 'member'];
    this.#world.tell(
      'my_chat_member',
      chat.membership(this.#world.bot, before ?? 'member', after ?? 'member', this),
      chat,
    );
  }

  #mayWrite(chat: Chat, topic: Topic | undefined): void {
    if (!chat.has(this.id)) throw new Error(`${this.name} is not in "${chat.title}"`);
    if (chat.blocked) throw new Error(`${this.name} has blocked the bot`);
    if (chat.migratedTo) throw new Error(`"${chat.title}" is a supergroup now`);
    if (topic?.closed && !chat.isAdmin(this.id)) throw new Error(`the topic ${topic.name} is closed`);
  }

  #now(): number {
    return seconds(this.#world.clock.now());
  }
}
