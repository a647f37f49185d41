import { z } from 'zod';
import { badRequest, problem } from '../../problems.ts';
import { seconds } from '../../state/message.ts';
import { bool, type Call, int, json, type Method, method, text } from '../method.ts';

const allowed_updates = json(z.array(z.string())).optional();

/** Telegram calls only HTTPS; this fake lives on one machine, and calls that one without. */
function checkUrl(url: string): void {
  if (!URL.canParse(url)) throw badRequest('bad webhook: invalid webhook URL specified');
  const { protocol, hostname } = new URL(url);
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(local && protocol === 'http:')) throw problem('webhookHttps');
}

function set(
  { updates }: Call,
  given: {
    url: string;
    secret_token?: string | undefined;
    max_connections: number;
    allowed_updates?: string[] | undefined;
    drop_pending_updates: boolean;
  },
) {
  const { url, secret_token, max_connections, drop_pending_updates } = given;
  if (url !== '') checkUrl(url);
  if (secret_token !== undefined && !/^[\w-]{1,256}$/.test(secret_token)) throw problem('webhookSecret');
  if (given.allowed_updates) updates.queue.allowed = given.allowed_updates;
  if (drop_pending_updates) updates.queue.drop();
  updates.setWebhook(url === '' ? undefined : { url, secret: secret_token, maxConnections: max_connections });
  return true;
}

export const updates: readonly Method[] = [
  method(
    'getUpdates',
    {
      offset: int.default(0),
      limit: int.default(100),
      timeout: int.default(0),
      allowed_updates,
    },
    ({ updates, signal }, { offset, limit, timeout, allowed_updates }) => {
      if (allowed_updates && !updates.webhook) updates.queue.allowed = allowed_updates;
      return updates.next({
        offset,
        limit: Math.min(100, Math.max(1, limit)),
        timeout: Math.min(50, Math.max(0, timeout)),
        signal,
      });
    },
  ),
  method(
    'setWebhook',
    {
      url: text.default(''),
      secret_token: text.optional(),
      max_connections: int.default(40),
      allowed_updates,
      drop_pending_updates: bool.default(false),
    },
    set,
  ),
  method('deleteWebhook', { drop_pending_updates: bool.default(false) }, ({ updates }, { drop_pending_updates }) => {
    if (drop_pending_updates) updates.queue.drop();
    updates.setWebhook(undefined);
    return true;
  }),
  method('getWebhookInfo', {}, ({ updates: { webhook, queue } }) => {
    const { options, lastError } = webhook ?? {};
    return {
      url: options?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: queue.pending.length,
      ...(options && { max_connections: options.maxConnections, ip_address: '127.0.0.1' }),
      ...(lastError && { last_error_date: seconds(lastError.at), last_error_message: lastError.message }),
      ...(queue.allowed.length > 0 && { allowed_updates: queue.allowed }),
    };
  }),
];
