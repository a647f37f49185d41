import { invalid } from '../problems.ts';
import type { Channel } from './channel.ts';
import type { Author } from './user.ts';

/** A webhook of a channel. */
export interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly channel: Channel;
  name: string;
}

/** What a webhook calls itself in one message. */
export function identity(
  webhook: Webhook,
  name = webhook.name,
  avatarUrl: string | null = null,
): Author & { avatarUrl: string | null } {
  return {
    id: webhook.id,
    name,
    bot: true,
    avatarUrl,
    json: () => ({
      id: webhook.id,
      username: name,
      avatar: avatarUrl,
      discriminator: '0000',
      global_name: null,
      bot: true,
    }),
  };
}

/** @throws ApiError 50035 for a name that Discord does not allow. */
export function checkName(name: string, field: string): string {
  const trimmed = name.trim();
  if (trimmed.length < 1 || trimmed.length > 80) {
    throw invalid([field], 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 80 in length.');
  }
  const word = /clyde|discord/i.exec(trimmed)?.[0];
  if (word) {
    throw invalid([field], 'USERNAME_INVALID_CONTAINS', `Username cannot contain "${word.toLowerCase()}"`);
  }
  return trimmed;
}

export function webhookJson({ id, token, channel, name }: Webhook) {
  const { world, guild } = channel;
  return {
    id,
    type: 1,
    guild_id: guild?.id,
    channel_id: channel.id,
    name,
    avatar: null,
    token,
    application_id: world.app.id,
    user: world.bot.json(),
  };
}
