import { z } from 'zod';
import { problem } from '../../problems.ts';
import { read } from '../../state/draft.ts';
import { startTyping } from '../../state/signs.ts';
import { type Call, type Route, route } from '../route.ts';

const threadSchema = z.looseObject({ name: z.string().min(1).max(100), type: z.number().optional() });

function channelOf({ world, params }: Call) {
  return world.visible(params.channel ?? '');
}

function addThread(call: Call) {
  const { world, params, body } = call;
  const { name } = read(threadSchema, body);
  const parent = world.permitted(params.channel ?? '', 'CreatePublicThreads');
  if (!parent.guild || parent.isThread) throw problem('wrongChannelType');
  const message = params.message === undefined ? undefined : world.message(parent, params.message);
  return parent.addThread(name, message && { message }).json();
}

export const channels: readonly Route[] = [
  route('GET', '/channels/:channel', (call) => channelOf(call).json()),
  route('PATCH', '/channels/:channel', ({ world, params, body }) => {
    const channel = world.permitted(params.channel ?? '', 'ManageChannels');
    const { archived } = (body ?? {}) as { archived?: boolean };
    if (archived !== undefined) channel.archived = archived;
    const t = channel.isThread ? 'THREAD_UPDATE' : 'CHANNEL_UPDATE';
    world.dispatch({ t, channel, needs: 'guilds', data: () => channel.json() });
    return channel.json();
  }),
  route('DELETE', '/channels/:channel', ({ world, params }) => {
    const channel = world.permitted(params.channel ?? '', 'ManageChannels');
    channel.delete();
    return channel.json();
  }),
  route('POST', '/channels/:channel/typing', (call) => startTyping(sendable(call), call.world.bot), {
    limit: 'typing',
  }),
  route('POST', '/channels/:channel/threads', addThread),
  route('POST', '/channels/:channel/messages/:message/threads', addThread),
  route('PUT', '/channels/:channel/thread-members/:user', (call) => void channelOf(call)),
  route('DELETE', '/channels/:channel/thread-members/:user', (call) => void channelOf(call)),
];

/** A channel where the bot may write. @throws ApiError 10003, 50001, 50007, 50013 */
export function sendable(call: Call) {
  const channel = channelOf(call);
  if (channel.recipient?.closedDms) throw problem('closedDms');
  return call.world.permitted(channel.id, channel.isThread ? 'SendMessagesInThreads' : 'SendMessages');
}
