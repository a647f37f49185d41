import type { Message, MessageEntity } from 'grammy/types';
import type { Me } from './me.ts';

/** What a message says: its text, or what stands below its picture. */
export interface Words {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}

export function wordsOf(message: Pick<Message, 'text' | 'entities' | 'caption' | 'caption_entities'>): Words {
  const { text, entities = [], caption = '', caption_entities: captioned = [] } = message;
  return text === undefined ? { text: caption, entities: captioned } : { text, entities };
}

/** A command as somebody wrote it. */
export interface Command {
  /** In small letters, without the slash. */
  readonly name: string;
  /** What stands behind it. */
  readonly rest: string;
  /** Which bot was named behind an `@`, if any. */
  readonly bot?: string;
}

/** The command that a message begins with. */
export function commandIn({ text, entities }: Words): Command | undefined {
  const first = entities.find(({ type, offset }) => type === 'bot_command' && offset === 0);
  if (!first) return undefined;
  const [name = '', bot] = text.slice(1, first.length).split('@', 2);
  const rest = text.slice(first.length).trim();
  return { name: name.toLowerCase(), rest, ...(bot !== undefined && { bot }) };
}

/** Whether a command is for this bot: one without a name is for all. */
export const isForUs = ({ bot }: Command, { username }: Me) =>
  bot === undefined || bot.toLowerCase() === username.toLowerCase();

/** Whether somebody mentions the bot. */
export const mentionsUs = (words: Words, me: Me) => words.entities.some((entity) => isMention(words, entity, me));

/** A message without the mention of the bot at either end; others stay as they were written. */
export function withoutUs(words: Words, me: Me): string {
  const ours = words.entities.filter((entity) => isMention(words, entity, me));
  let { text } = words;
  // From the end, so that the places of those before stay.
  for (const { offset, length } of ours.toReversed()) {
    if (text.slice(offset + length).trim() === '') text = text.slice(0, offset).replace(/[\s,]+$/, '');
  }
  let from = 0;
  for (const { offset, length } of ours) {
    const end = offset + length;
    if (offset >= from && text.length >= end && text.slice(from, offset).trim() === '') {
      from = end + (/^[\s,:;，：]*/.exec(text.slice(end))?.[0].length ?? 0);
    }
  }
  return text.slice(from).trim();
}

function isMention({ text }: Words, entity: MessageEntity, me: Me): boolean {
  if (entity.type === 'text_mention') return entity.user.id === me.id;
  if (entity.type !== 'mention') return false;
  const name = text.slice(entity.offset + 1, entity.offset + entity.length);
  return name.toLowerCase() === me.username.toLowerCase();
}
