import { z } from 'zod';
import { problem } from '../../problems.ts';
import { answerOf, followUp, removeAnswer } from '../../state/answer.ts';
import { draftSchema, read } from '../../state/draft.ts';
import type { Interaction } from '../../state/interaction.ts';
import type { Message } from '../../state/message.ts';
import { edit, post, remove } from '../../state/post.ts';
import { checkName, identity, type Webhook, webhookJson } from '../../state/webhook.ts';
import { type Call, type Route, route } from '../route.ts';

const MOST = 15;

const newSchema = z.looseObject({ name: z.string() });
const executeSchema = draftSchema.extend({ username: z.string().nullish(), avatar_url: z.string().nullish() });

/** What the secret in a path opens: an interaction's answers, or a channel's webhook. @throws ApiError 10015, 50027 */
function opened({ world, params }: Call): { interaction: Interaction } | { webhook: Webhook } {
  const { webhook: id = '', token = '' } = params;
  if (id === world.app.id) {
    const interaction = world.interactions.get(token);
    if (!interaction) throw problem('invalidToken');
    return { interaction };
  }
  const webhook = byId({ world, params });
  if (webhook.token !== token) throw problem('invalidToken');
  return { webhook };
}

function byId({ world, params }: Pick<Call, 'world' | 'params'>): Webhook {
  const webhook = world.webhooks.get(params.webhook ?? '');
  if (!webhook || webhook.channel.deleted) throw problem('unknownWebhook');
  return webhook;
}

/** One's own webhook, with the permission to manage it. */
function managed(call: Call): Webhook {
  const webhook = byId(call);
  call.world.permitted(webhook.channel.id, 'ManageWebhooks');
  return webhook;
}

function messageOf(call: Call, webhook: Webhook): Message {
  const channel = threadOf(call, webhook);
  const message = call.world.message(channel, call.params.message ?? '');
  if (message.webhookId !== webhook.id) throw problem('unknownMessage');
  return message;
}

function threadOf({ world, query }: Call, { channel }: Webhook) {
  const id = query.get('thread_id');
  if (id === null) return channel;
  const thread = world.channels.get(id);
  if (thread?.parent !== channel) throw problem('unknownChannel');
  return thread;
}

function create({ world, params, body }: Call) {
  const channel = world.permitted(params.channel ?? '', 'ManageWebhooks');
  if (!channel.guild || channel.isThread) throw problem('wrongChannelType');
  const name = checkName(read(newSchema, body).name, 'name');
  if (inChannel({ world, params }).length >= MOST) throw problem('tooManyWebhooks');
  const id = world.ids.next();
  const webhook: Webhook = { id, token: `webhook-${id}`, channel, name };
  world.webhooks.set(id, webhook);
  changed(webhook);
  return webhookJson(webhook);
}

function inChannel({ world, params }: Pick<Call, 'world' | 'params'>): Webhook[] {
  return [...world.webhooks.values()].filter(({ channel }) => channel.id === params.channel);
}

function execute(call: Call) {
  const way = opened(call);
  const draft = read(executeSchema, call.body);
  if ('interaction' in way) return followUp(way.interaction, draft).json();
  const { webhook } = way;
  const name = draft.username ? checkName(draft.username, 'username') : undefined;
  const author = identity(webhook, name, draft.avatar_url ?? null);
  const message = post(threadOf(call, webhook), draft, { author, webhookId: webhook.id });
  return call.query.get('wait') === 'true' ? message.json() : undefined;
}

function get(call: Call) {
  const way = opened(call);
  return 'interaction' in way
    ? answerOf(way.interaction, call.params.message ?? '').json()
    : messageOf(call, way.webhook).json();
}

function change(call: Call) {
  const way = opened(call);
  const message =
    'interaction' in way ? answerOf(way.interaction, call.params.message ?? '') : messageOf(call, way.webhook);
  edit(message, read(draftSchema, call.body));
  return message.json();
}

function removeOne(call: Call) {
  const way = opened(call);
  if ('interaction' in way) removeAnswer(way.interaction, call.params.message ?? '');
  else remove(messageOf(call, way.webhook));
}

function drop(webhook: Webhook): void {
  webhook.channel.world.webhooks.delete(webhook.id);
  changed(webhook);
}

function changed({ channel }: Webhook): void {
  const data = () => ({ guild_id: channel.guild?.id, channel_id: channel.id });
  channel.world.dispatch({ t: 'WEBHOOKS_UPDATE', channel, needs: 'webhooks', data });
}

function hookOf(call: Call): Webhook {
  const way = opened(call);
  if ('interaction' in way) throw problem('unknownWebhook');
  return way.webhook;
}

const open = { limit: 'webhook', open: true } as const;
const secret = '/webhooks/:webhook/:token';

export const webhooks: readonly Route[] = [
  route('POST', '/channels/:channel/webhooks', create),
  route('GET', '/channels/:channel/webhooks', (call) => {
    call.world.permitted(call.params.channel ?? '', 'ManageWebhooks');
    return inChannel(call).map(webhookJson);
  }),
  route('GET', '/guilds/:guild/webhooks', ({ world, params }) => {
    const guild = world.joined(params.guild ?? '');
    return [...world.webhooks.values()].filter(({ channel }) => channel.guild === guild).map(webhookJson);
  }),
  route('GET', '/webhooks/:webhook', (call) => webhookJson(managed(call))),
  route('DELETE', '/webhooks/:webhook', (call) => drop(managed(call))),
  route('GET', secret, (call) => webhookJson(hookOf(call)), open),
  route('DELETE', secret, (call) => drop(hookOf(call)), open),
  route('POST', secret, execute, open),
  route('GET', `${secret}/messages/:message`, get, open),
  route('PATCH', `${secret}/messages/:message`, change, open),
  route('DELETE', `${secret}/messages/:message`, removeOne, open),
];
