import type { Entity, Formatted } from '../text/entities.ts';
import type { Chat } from './chat.ts';
import type { StoredFile } from './files.ts';
import type { Keyboard } from './keyboard.ts';
import type { Topic } from './topic.ts';
import type { User } from './user.ts';

export interface MessageOptions {
  readonly replyTo?: Message | undefined;
  readonly topic?: Topic | undefined;
  readonly viaBot?: User | undefined;
  readonly service?: Readonly<Record<string, unknown>> | undefined;
}

export class Message {
  readonly chat: Chat;
  readonly id: number;
  readonly from: User;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly replyTo: Message | undefined;
  readonly topic: Topic | undefined;
  readonly viaBot: User | undefined;
  /** What a service message tells, e.g. `{ new_chat_members: [...] }`. */
  readonly service: Readonly<Record<string, unknown>> | undefined;
  /** The text, or the caption of a document. */
  text = '';
  entities: readonly Entity[] = [];
  keyboard: Keyboard | undefined;
  /** Markup that is not buttons under the message. */
  otherMarkup: Readonly<Record<string, unknown>> | undefined;
  document: StoredFile | undefined;
  /** The address whose preview is shown. */
  preview: string | undefined;
  /** For a message that was sent through inline mode with buttons. */
  inlineId: string | undefined;
  silent = false;
  editedAt: number | undefined;
  edits = 0;
  /** Emoji, by user id. */
  readonly reactions = new Map<number, readonly string[]>();
  deleted = false;

  constructor(chat: Chat, from: User, id: number, { replyTo, topic, viaBot, service }: MessageOptions = {}) {
    this.chat = chat;
    this.from = from;
    this.id = id;
    this.at = chat.world.clock.now();
    this.replyTo = replyTo;
    this.topic = topic;
    this.viaBot = viaBot;
    this.service = service;
  }

  /** Outside of topics, a chain of replies is a thread of its own in supergroups. */
  get thread(): number | undefined {
    if (this.topic) return this.topic.id;
    if (this.chat.type !== 'supergroup' || !this.replyTo) return undefined;
    return this.replyTo.thread ?? this.replyTo.id;
  }

  write({ text, entities }: Formatted): void {
    this.text = text;
    this.entities = entities;
  }

  /** The button with this label or these data. @throws Error when there is none. */
  button(labelOrData: string) {
    const all = (this.keyboard ?? []).flat();
    const found = all.find(({ text, callback_data }) => text === labelOrData || callback_data === labelOrData);
    if (!found) throw new Error(`there is no button ${labelOrData}, only ${all.map(({ text }) => text).join(', ')}`);
    return found;
  }

  /** As Telegram gives it. @param replies - whether the message that it answers is given too, which goes one level deep. */
  json({ replies = true } = {}): Record<string, unknown> {
    const { chat, thread, text, document, keyboard, editedAt, viaBot, service } = this;
    const answered = this.replyTo ?? (this.topic && chat.messages.get(this.topic.id));
    const entities = this.entities.map(({ user, ...one }) => ({
      ...one,
      ...(user && { user: chat.world.users.get(user.id)?.json() ?? user }),
    }));
    return {
      message_id: this.id,
      from: this.from.json(),
      chat: chat.json(),
      date: seconds(this.at),
      ...(editedAt !== undefined && { edit_date: seconds(editedAt) }),
      ...(thread !== undefined && { message_thread_id: thread }),
      ...(this.topic && { is_topic_message: true }),
      ...(replies && answered && answered !== this && { reply_to_message: answered.json({ replies: false }) }),
      ...(viaBot && { via_bot: viaBot.json() }),
      ...(text && { [document ? 'caption' : 'text']: text }),
      ...(entities.length > 0 && { [document ? 'caption_entities' : 'entities']: entities }),
      ...(document && { document: document.json() }),
      ...(keyboard && { reply_markup: { inline_keyboard: keyboard } }),
      ...(!this.preview &&
        text &&
        /\burl|text_link/.test(entities.map(({ type }) => type).join(' ')) && {
          link_preview_options: { is_disabled: true },
        }),
      ...service,
    };
  }
}

/** Unix time. */
export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
