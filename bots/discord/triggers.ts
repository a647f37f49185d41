import type { Heard, Person, Whereabouts } from '../chat/heard.ts';
import { clean, mentions, type Names, type SelfIn } from './clean.ts';

/** The bot as one server sees it. */
export interface Self extends SelfIn {
  readonly application: string;
}

/** A message as Discord shows it, in plain values. */
export interface Seen {
  readonly id: string;
  readonly content: string;
  readonly author: Person;
  /** Somebody joined, a message was pinned, and the like. */
  readonly system: boolean;
  /** The application that sent it, by a webhook or as a bot. */
  readonly application?: string;
  readonly channel: string;
  readonly server?: string;
  /** Whether the channel, or that of the thread, is for adults; undefined outside of servers. */
  readonly adult?: boolean;
  /** When the channel is a thread: the channel it belongs to, and whether the bot began it or takes part. */
  readonly thread?: { readonly parent: string | undefined; readonly ours: boolean };
  readonly names: Names;
  readonly replyTo?: {
    readonly id: string;
    readonly author?: { readonly id: string; readonly name: string };
    readonly application?: string;
    /** Not known when the message is not at hand. */
    readonly content?: string;
  };
  readonly attachments: number;
  /** The language of the server. */
  readonly locale?: string;
}

/** What the chat is to know of a message; undefined when it is nobody's words, our own, or empty for us. */
export function heardOf(seen: Seen, self: Self): Heard | undefined {
  if (seen.system || isOurs(seen.author.id, seen.application, self)) return undefined;
  const text = clean(seen.content, seen.names, self);
  const addressed = addressedBy(seen, self);
  // Without the Message Content intent this is all that most messages are.
  const meant = addressed === 'direct' || addressed === 'mention' || addressed === 'reply';
  if (text === '' && seen.attachments === 0 && !meant) return undefined;
  const replyTo = repliedTo(seen, self);
  return {
    id: seen.id,
    by: seen.author,
    at: whereOf(seen),
    text,
    addressed,
    ...(replyTo && { replyTo }),
    ...(seen.attachments > 0 && { attachments: seen.attachments }),
  };
}

/** The chat of a channel, thread or direct message. */
export const conversationOf = (channel: string) => `discord:${channel}`;

/** The direct answer to a message: below it, in its channel. */
function whereOf({ id, channel, server, adult, thread, locale }: Seen): Whereabouts {
  const extra = { ...(locale && { locale }), ...(thread?.parent !== undefined && { parent: thread.parent }) };
  return {
    conversation: conversationOf(channel),
    channel,
    ...(thread?.parent !== undefined && { parentChannel: thread.parent }),
    ...(server !== undefined && { server }),
    ...(adult !== undefined && { adult }),
    direct: server === undefined,
    place: { channel, replyTo: id, ...(Object.keys(extra).length > 0 && { extra }) },
  };
}

function addressedBy({ server, content, replyTo, thread }: Seen, self: Self): Heard['addressed'] {
  if (server === undefined) return 'direct';
  if (mentions(content, self)) return 'mention';
  if (replyTo && isOurs(replyTo.author?.id, replyTo.application, self)) return 'reply';
  return thread?.ours ? 'thread' : 'none';
}

function repliedTo({ replyTo, names }: Seen, self: Self): Heard['replyTo'] {
  if (!replyTo?.author) return undefined;
  const own = isOurs(replyTo.author.id, replyTo.application, self);
  return { id: replyTo.id, name: replyTo.author.name, text: clean(replyTo.content ?? '', names, self), own };
}

const isOurs = (author: string | undefined, application: string | undefined, self: Self) =>
  author === self.id || (application !== undefined && application === self.application);
