import type { Formatted } from '../text/entities.ts';
import type { Change } from './chat.ts';
import { type Keyboard, sameKeyboard } from './keyboard.ts';
import type { Message } from './message.ts';
import { type Ping, pingOf } from './pings.ts';
import { hears } from './privacy.ts';
import { buttons } from './view.ts';

/** Puts a message into its chat, and tells the bot when it may hear of it. */
export function put(message: Message): Message {
  const { chat, from } = message;
  chat.messages.set(message.id, message);
  if (from === chat.world.bot) chat.dropDraft(chat.type === 'private' ? (message.topic?.id ?? 0) : 0);
  record(message, 'create');
  note(message, 'create');
  if (hears(message)) chat.world.tell('message', message.json(), chat);
  return message;
}

/** What an edit says anew; what is left out stays, but for the buttons, which are then gone. */
export interface Edit {
  readonly content?: Formatted;
  readonly preview?: string | undefined;
  readonly keyboard: Keyboard | undefined;
}

/** Whether an edit would change nothing. */
export function changesNothing(message: Message, { content, keyboard, preview }: Edit): boolean {
  const same =
    !content ||
    (content.text === message.text &&
      JSON.stringify(content.entities) === JSON.stringify(message.entities) &&
      preview === message.preview);
  return same && sameKeyboard(message.keyboard, keyboard);
}

export function edit(message: Message, { content, keyboard, preview }: Edit): void {
  if (content) {
    message.write(content);
    message.preview = preview;
  }
  message.keyboard = keyboard;
  message.edits++;
  message.editedAt = message.chat.world.clock.now();
  record(message, 'edit');
  if (content) note(message, 'edit');
}

/** The bot never hears of deletions. */
export function remove(message: Message, by = message.from): void {
  message.deleted = true;
  message.chat.messages.delete(message.id);
  record(message, 'delete', by.name);
}

export function record(message: Message, kind: Change['kind'], author = message.from.name): void {
  const { chat, id, text } = message;
  chat.history.push({ at: chat.world.clock.now(), kind, message: id, author, text, buttons: buttons(message) });
  chat.world.changed();
}

function note(message: Message, kind: Ping['kind']): void {
  const ping = pingOf(message, kind);
  if (ping) message.chat.world.pings.push(ping);
}
