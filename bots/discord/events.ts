import { type Client, Events, GatewayDispatchEvents, type Message } from 'discord.js';
import { reasonOf } from '../../errors.ts';
import type { BotLog } from '../chat/bot/index.ts';
import type { Ears, Heard } from '../chat/heard.ts';
import type { Interactions } from './interactions.ts';
import { seenOf, selfIn } from './read.ts';
import { conversationOf, heardOf } from './triggers.ts';

export interface EventsOptions {
  ears: Ears;
  interactions: Interactions;
  log: BotLog;
}

/**
 * Tells `ears` what the client hears. Deletions come from the gateway's own events, since the client tells only of what it
 * has in memory; a whole channel that is gone is told as a deletion without ids.
 */
export function connectEvents(client: Client, { ears, interactions, log }: EventsOptions): void {
  const guarded = (event: string, handle: () => Promise<void> | undefined) => {
    const complain = (error: unknown) => log.warn({ event, error: reasonOf(error) }, 'an event of Discord failed');
    try {
      handle()?.catch(complain);
    } catch (error) {
      complain(error);
    }
  };
  /** Tells of an event of the gateway, when it has what it must. */
  const onGone = (event: GatewayDispatchEvents, read: (data: Gone) => readonly [channel: unknown, ids: unknown[]]) =>
    client.ws.on(event, (data: Gone | null) =>
      guarded('deletion', () => {
        const [channel, ids] = read(data ?? {});
        if (typeof channel !== 'string' || !ids.every((id) => typeof id === 'string')) return undefined;
        return ears.deleted({ conversation: conversationOf(channel), ids: ids as string[] });
      }),
    );

  client.on(Events.MessageCreate, (message) =>
    guarded('message', () => {
      const heard = heardIn(message);
      return heard && ears.hear(heard);
    }),
  );
  client.on(Events.MessageUpdate, (before, message) =>
    guarded('edit', () => {
      if (!isEdit(before, message)) return undefined;
      const heard = heardIn(message);
      return heard && ears.edited(heard);
    }),
  );
  client.on(Events.InteractionCreate, (interaction) => guarded('interaction', () => interactions.handle(interaction)));

  const { MessageDelete, MessageDeleteBulk, ChannelDelete, ThreadDelete, MessageUpdate } = GatewayDispatchEvents;
  onGone(MessageDelete, ({ channel_id, id }) => [channel_id, [id]]);
  onGone(MessageDeleteBulk, ({ channel_id, ids }) => [channel_id, Array.isArray(ids) ? ids : [ids]]);
  onGone(ChannelDelete, ({ id }) => [id, []]);
  onGone(ThreadDelete, ({ id }) => [id, []]);
  client.ws.on(MessageUpdate, (data) =>
    guarded('edit', async () => {
      const heard = await heardInUnknown(client, data);
      if (heard) await ears.edited(heard);
    }),
  );
}

type Gone = { channel_id?: unknown; id?: unknown; ids?: unknown };
type Update = Gone & { guild_id?: unknown; author?: { id?: unknown } | null; edited_timestamp?: unknown };

/** An edit in direct messages that the client does not know since it started: it would not tell of it. */
async function heardInUnknown(client: Client, data: Update | null) {
  const { channel_id: id, id: message, guild_id: guild, author, edited_timestamp: edited } = data ?? {};
  if (guild !== undefined || typeof id !== 'string' || typeof message !== 'string') return undefined;
  if (!edited || !author || author.id === client.user?.id || client.channels.cache.has(id)) return undefined;
  const channel = await client.channels.fetch(id);
  return channel?.isTextBased() ? heardIn(await channel.messages.fetch(message)) : undefined;
}

function heardIn(message: Message): Heard | undefined {
  if (!message.client.isReady()) return undefined;
  return heardOf(seenOf(message), selfIn(message.client, message.guild));
}

/** Discord also tells of an update when it has drawn a preview of a link. */
function isEdit(before: { partial: boolean; content: string | null }, { partial, content, editedTimestamp }: Message) {
  if (partial) return false;
  return before.partial ? editedTimestamp !== null : before.content !== content;
}
