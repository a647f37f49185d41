import { createHash } from 'node:crypto';

/** Telegram counts messages anew in each chat: with the chat before it, an id is the only one of its kind. */
export const messageId = (chat: number | string, message: number | string) => `${chat}/${message}`;

/** A chat and a message of it; undefined when the id is of another form. */
export function readMessageId(id: string): { chat: number; message: number } | undefined {
  const [, chat, message] = /^(-?\d+)\/(\d+)$/.exec(id) ?? [];
  return chat === undefined ? undefined : { chat: Number(chat), message: Number(message) };
}

/** The id of a preview, which is no message yet: the same for the same nonce, so that a restart goes on with it. */
export const draftId = (chat: number | string, nonce: string) => `draft/${chat}/${draftNumber(nonce)}`;

/** The id of the preview that Telegram knows by this number. */
export const draftIdOf = (chat: number, draft: number) => `draft/${chat}/${draft}`;

export function readDraftId(id: string): { chat: number; draft: number } | undefined {
  const [, chat, draft] = /^draft\/(-?\d+)\/(\d+)$/.exec(id) ?? [];
  return chat === undefined ? undefined : { chat: Number(chat), draft: Number(draft) };
}

/** Telegram wants a number, and never 0. */
function draftNumber(nonce: string): number {
  return createHash('sha256').update(nonce).digest().readUInt32BE() % 0x7fffffff || 1;
}

/** A chat, or a topic of it: what `Whereabouts.channel` is. */
export const channelOf = (chat: number, topic?: number) => (topic === undefined ? `${chat}` : `${chat}/${topic}`);

/** What is remembered together. */
export const conversationOf = (chat: number, topic?: number) => `telegram:${channelOf(chat, topic)}`;

/** Private chats have the number of the person; all others are below zero. */
export const isPrivate = (chat: number | string) => Number(chat) > 0;
