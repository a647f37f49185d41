import { invalid, problem } from '../problems.ts';
import type { Channel } from './channel.ts';
import { type Draft, parts } from './draft.ts';
import { mentionsOf } from './mentions.ts';
import { type Cause, COMPONENTS_V2, EPHEMERAL, LOADING, Message, SUPPRESS_EMBEDS } from './message.ts';
import { may } from './permissions.ts';
import type { Author, User } from './user.ts';
import { buttons } from './view.ts';

const PLAIN = 0;
const REPLY = 19;
const SETTABLE = SUPPRESS_EMBEDS | COMPONENTS_V2 | (1 << 12);

/** For how long a nonce is remembered. */
const NONCE_MS = 180_000;

export interface Sender {
  readonly author: Author;
  readonly webhookId?: string;
  readonly cause?: Cause;
  /** Who alone sees it. */
  readonly ephemeralTo?: User | undefined;
  /** "is thinking": the content comes later. */
  readonly loading?: boolean;
  readonly type?: number;
}

/** Puts a message that the bot or a webhook sends into a channel. @throws ApiError */
export function post(channel: Channel, draft: Draft, { author, loading = false, ...sender }: Sender): Message {
  const twin = draft.enforce_nonce && draft.nonce ? sameNonce(channel, author, String(draft.nonce)) : undefined;
  if (twin) return twin;
  const content = loading ? { content: '', embeds: [], components: [] } : parts(draft);
  const reference = referenced(channel, draft);
  const message = new Message(channel, author, {
    id: channel.world.ids.next(),
    type: sender.type ?? (reference ? REPLY : PLAIN),
    nonce: draft.nonce === undefined || draft.nonce === null ? undefined : String(draft.nonce),
    reference,
    webhookId: sender.webhookId,
    cause: sender.cause,
    ephemeralTo: sender.ephemeralTo,
  });
  Object.assign(message, content);
  message.flags = ((draft.flags ?? 0) & SETTABLE) | (sender.ephemeralTo ? EPHEMERAL : 0) | (loading ? LOADING : 0);
  message.mentions = mentionsOf(channel, author, message.content, draft.allowed_mentions, reference?.author);
  put(message);
  return message;
}

/** Changes a message. @throws ApiError */
export function edit(message: Message, draft: Draft): void {
  const { channel, author } = message;
  // What was left out stays as it is; what was empty before the reply came does not have to be there.
  Object.assign(message, parts(draft, message));
  message.flags = (message.flags & ~LOADING & ~SUPPRESS_EMBEDS) | ((draft.flags ?? message.flags) & SETTABLE);
  if (draft.content !== undefined) {
    const replied = message.reference?.author;
    message.mentions = mentionsOf(channel, author, message.content, draft.allowed_mentions, replied);
  }
  message.editedAt = channel.world.clock.now();
  message.edits++;
  record(message, 'edit');
  tell(message, 'MESSAGE_UPDATE');
}

/** Adds a message to its channel and tells everybody. */
export function put(message: Message): void {
  const { channel } = message;
  if (!message.ephemeralTo) channel.messages.set(message.id, message);
  channel.typing.delete(message.author.id);
  channel.archived = false;
  record(message, 'create');
  tell(message, 'MESSAGE_CREATE');
}

/** Removes a message. */
export function remove(message: Message): void {
  const { channel } = message;
  take(message);
  channel.world.dispatch({
    t: 'MESSAGE_DELETE',
    channel,
    needs: 'messages',
    data: () => ({ id: message.id, channel_id: channel.id, guild_id: channel.guild?.id }),
  });
}

/** Removes many at once, as moderators do. */
export function removeMany(channel: Channel, messages: readonly Message[]): void {
  for (const message of messages) take(message);
  channel.world.dispatch({
    t: 'MESSAGE_DELETE_BULK',
    channel,
    needs: 'messages',
    data: () => ({ ids: messages.map(({ id }) => id), channel_id: channel.id, guild_id: channel.guild?.id }),
  });
}

/** Tells of a message that was made or changed; of an ephemeral one nobody hears. */
export function tell(message: Message, t: 'MESSAGE_CREATE' | 'MESSAGE_UPDATE'): void {
  const { channel, ephemeralTo } = message;
  if (ephemeralTo) channel.world.changed();
  else channel.world.dispatch({ t, channel, needs: 'messages', data: (content) => message.eventJson(content) });
}

/** Notes a change, and whom it pinged. */
export function record(message: Message, kind: 'create' | 'edit' | 'delete'): void {
  const { channel, author, content, ephemeralTo, mentions } = message;
  if (ephemeralTo) return;
  const { world } = channel;
  channel.history.push({
    at: world.clock.now(),
    kind,
    message: message.id,
    author: author.name,
    content,
    buttons: buttons(message.components),
  });
  const { users, roles, everyone, repliedUser } = mentions;
  if (kind === 'delete' || (users.length === 0 && roles.length === 0 && !everyone && !repliedUser)) return;
  world.pings.push({
    message: message.id,
    channel: channel.id,
    kind,
    author: author.name,
    human: !author.bot,
    users: users.map(({ name }) => name),
    roles: roles.map(({ name }) => name),
    everyone,
    repliedUser: repliedUser?.name,
  });
}

function take(message: Message): void {
  message.deleted = true;
  message.channel.messages.delete(message.id);
  record(message, 'delete');
}

function sameNonce({ world, messages }: Channel, author: Author, nonce: string): Message | undefined {
  const since = world.clock.now() - NONCE_MS;
  for (const message of [...messages.values()].reverse()) {
    if (message.createdAt < since) return undefined;
    if (message.author.id === author.id && message.nonce === nonce) return message;
  }
  return undefined;
}

function referenced(channel: Channel, { message_reference }: Draft): Message | undefined {
  const id = message_reference?.message_id;
  if (id === undefined) return undefined;
  if (!may(channel.world.bot, channel, 'ReadMessageHistory')) throw problem('noHistory');
  const found = channel.messages.get(id);
  if (found || message_reference?.fail_if_not_exists === false) return found;
  throw invalid(['message_reference'], 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message');
}
