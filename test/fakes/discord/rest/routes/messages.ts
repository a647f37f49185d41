import { invalid, problem } from '../../problems.ts';
import { draftSchema, read } from '../../state/draft.ts';
import { SUPPRESS_EMBEDS } from '../../state/message.ts';
import { may } from '../../state/permissions.ts';
import { edit, post, remove, removeMany, tell } from '../../state/post.ts';
import { react } from '../../state/signs.ts';
import { type Call, type Route, route } from '../route.ts';
import { sendable } from './channels.ts';

function messageOf({ world, params }: Call) {
  return world.message(world.visible(params.channel ?? ''), params.message ?? '');
}

function create(call: Call) {
  const channel = sendable(call);
  return post(channel, read(draftSchema, call.body), { author: call.world.bot }).json();
}

function change(call: Call) {
  const { world, body } = call;
  const message = messageOf(call);
  const draft = read(draftSchema, body);
  if (message.author !== world.bot) {
    // Another's links may be unembedded with the permission for it, and nothing else changed.
    const only = Object.keys(draft).every((key) => key === 'flags');
    if (!only || !may(world.bot, message.channel, 'ManageMessages')) throw problem('othersMessage');
    message.flags = (message.flags & ~SUPPRESS_EMBEDS) | ((draft.flags ?? 0) & SUPPRESS_EMBEDS);
    tell(message, 'MESSAGE_UPDATE');
    return message.json();
  }
  if (world.oldEdits !== 'allowed' && world.isOld(message)) {
    const { status, retryAfterMs } = world.oldEdits;
    throw problem('oldEdit', { status, ...(status === 429 && { retry_after: retryAfterMs / 1000, global: false }) });
  }
  edit(message, draft);
  return message.json();
}

function list({ world, params, query }: Call) {
  const channel = world.visible(params.channel ?? '');
  if (!may(world.bot, channel, 'ReadMessageHistory')) return [];
  const limit = Number(query.get('limit') ?? 50);
  if (!(limit >= 1 && limit <= 100))
    throw invalid(['limit'], 'NUMBER_TYPE_MIN', 'int value should be between 1 and 100.');
  const all = [...channel.messages.values()];
  const at = (name: string) => (query.has(name) ? BigInt(query.get(name) ?? 0) : undefined);
  const [before, after, around] = [at('before'), at('after'), at('around')];
  let chosen = all.slice(-limit);
  if (before !== undefined) chosen = all.filter(({ id }) => BigInt(id) < before).slice(-limit);
  else if (after !== undefined) chosen = all.filter(({ id }) => BigInt(id) > after).slice(0, limit);
  else if (around !== undefined) {
    const middle = all.findIndex(({ id }) => BigInt(id) >= around);
    chosen = all.slice(Math.max(0, middle - Math.floor(limit / 2))).slice(0, limit);
  }
  return chosen.reverse().map((message) => message.json({ content: world.readsContent }));
}

function removeOne(call: Call) {
  const message = messageOf(call);
  if (message.author !== call.world.bot && !may(call.world.bot, message.channel, 'ManageMessages')) {
    throw problem('missingPermissions');
  }
  remove(message);
}

function removeSome({ world, params, body }: Call) {
  const channel = world.permitted(params.channel ?? '', 'ManageMessages');
  const { messages: ids = [] } = (body ?? {}) as { messages?: string[] };
  if (ids.length < 2 || ids.length > 100)
    throw invalid(['messages'], 'BASE_TYPE_BAD_LENGTH', 'Must be between 2 and 100 in length.');
  removeMany(
    channel,
    ids.flatMap((id) => channel.messages.get(id) ?? []),
  );
}

function reaction(remove: boolean, who: 'me' | 'other') {
  return (call: Call) => {
    const message = messageOf(call);
    const { world, params } = call;
    const { emoji = '' } = params;
    if (!/^\P{ASCII}|^[\w]+:\d+$/u.test(emoji)) throw problem('unknownEmoji');
    const user = who === 'me' ? world.bot : world.users.get(params.user ?? '');
    if (!user) throw problem('unknownUser');
    if (!remove) world.permitted(message.channel.id, 'AddReactions', 'ReadMessageHistory');
    if (user !== world.bot) world.permitted(message.channel.id, 'ManageMessages');
    react(message, user, emoji, { remove });
  };
}

const one = '/channels/:channel/messages/:message';

export const messages: readonly Route[] = [
  route('GET', '/channels/:channel/messages', list),
  route('POST', '/channels/:channel/messages', create, { limit: 'message-create' }),
  route('POST', '/channels/:channel/messages/bulk-delete', removeSome),
  route('GET', one, (call) => messageOf(call).json({ content: call.world.readsContent })),
  route('PATCH', one, change, { limit: 'message-edit' }),
  route('DELETE', one, removeOne, { limit: 'message-delete' }),
  route('PUT', `${one}/reactions/:emoji/@me`, reaction(false, 'me'), { limit: 'reaction' }),
  route('DELETE', `${one}/reactions/:emoji/@me`, reaction(true, 'me'), { limit: 'reaction' }),
  route('DELETE', `${one}/reactions/:emoji/:user`, reaction(true, 'other'), { limit: 'reaction' }),
];
