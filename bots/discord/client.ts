import {
  Client,
  type ClientOptions,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Options,
  Partials,
} from 'discord.js';
import { reasonOf, WisecrackError } from '../../errors.ts';

/** How many messages of a channel are kept: enough to know what a reply replies to, and whether an edit changed the text. */
const MESSAGES = 50;
const MEMBERS = 200;
const USERS = 5000;
/** How long a message or a person stays in memory, and how often that is looked at, in s. */
const LIFETIME_S = 3600;
const SWEEP_S = 600;

export interface ClientSettings {
  /** Another Discord. Default: the real one. */
  api?: string;
  /** Ask for the text of all messages, not only of those meant for the bot. */
  messageContent: boolean;
}

/**
 * A client that remembers little and never pings.
 *
 * @param onBroken - hears of events that discord.js cannot read; without this, one of them would end the process.
 */
export function makeClient(settings: ClientSettings, onBroken: (error: unknown) => void): Client {
  const client = new Client(clientOptions(settings));
  // discord.js has no place of its own for this.
  const gateway = client.ws as unknown as { handlePacket(...packet: unknown[]): unknown };
  const handle = gateway.handlePacket.bind(gateway);
  gateway.handlePacket = (...packet) => {
    try {
      return handle(...packet);
    } catch (error) {
      onBroken(error);
      return false;
    }
  };
  return client;
}

/** Exported for tests. */
export function clientOptions({ api, messageContent }: ClientSettings): ClientOptions {
  const isMe = ({ id, client }: { id: string; client: Client<true> }) => id === client.user.id;
  return {
    intents: [
      GatewayIntentBits.Guilds,
      GatewayIntentBits.GuildMessages,
      GatewayIntentBits.DirectMessages,
      ...(messageContent ? [GatewayIntentBits.MessageContent] : []),
    ],
    partials: [Partials.Channel, Partials.Message],
    allowedMentions: { parse: [], repliedUser: false },
    makeCache: Options.cacheWithLimits({
      MessageManager: MESSAGES,
      GuildMemberManager: { maxSize: MEMBERS, keepOverLimit: isMe },
      UserManager: { maxSize: USERS, keepOverLimit: isMe },
      ThreadMemberManager: { maxSize: 1, keepOverLimit: isMe },
      AutoModerationRuleManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildInviteManager: 0,
      GuildScheduledEventManager: 0,
      GuildStickerManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ReactionUserManager: 0,
      StageInstanceManager: 0,
      VoiceStateManager: 0,
    }),
    sweepers: {
      ...Options.DefaultSweeperSettings,
      messages: { interval: SWEEP_S, lifetime: LIFETIME_S },
    },
    rest: { ...(api !== undefined && { api }) },
  };
}

/**
 * Logs in, and waits until the client knows its servers.
 *
 * @throws WisecrackError WISECRACK_DISCORD_*; with `retry` when it may go better later.
 */
export async function logIn(client: Client, token: string): Promise<Client<true>> {
  const ready = new Promise<Client<true>>((resolve, reject) => {
    client.once(Events.ClientReady, resolve);
    client.once(Events.ShardDisconnect, ({ code }) => reject(closedWith(code)));
  });
  // `login` may fail first.
  ready.catch(() => {});
  try {
    await client.login(token);
    return await ready;
  } catch (error) {
    await client.destroy();
    throw loginError(error);
  }
}

/** What it means that the gateway has closed a connection with this code, and will not take it back. */
export function closedWith(code: number): WisecrackError {
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return new WisecrackError('WISECRACK_DISCORD_TOKEN_INVALID');
    case GatewayCloseCodes.DisallowedIntents:
      return new WisecrackError('WISECRACK_DISCORD_INTENT_MISSING');
    case GatewayCloseCodes.ShardingRequired:
    case GatewayCloseCodes.InvalidShard:
      return new WisecrackError('WISECRACK_DISCORD_SHARDS_NEEDED');
    default:
      return new WisecrackError('WISECRACK_DISCORD_CLOSED', { code });
  }
}

/** While it connects, discord.js gives a sentence where the gateway gave a code. */
function loginError(error: unknown): WisecrackError {
  if (error instanceof WisecrackError) return error;
  if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) {
    return new WisecrackError('WISECRACK_DISCORD_TOKEN_INVALID');
  }
  const reason = reasonOf(error);
  if (/authentication failed/i.test(reason)) return closedWith(GatewayCloseCodes.AuthenticationFailed);
  if (/disallowed intents/i.test(reason)) return closedWith(GatewayCloseCodes.DisallowedIntents);
  if (/sharding is required|invalid shard/i.test(reason)) return closedWith(GatewayCloseCodes.ShardingRequired);
  return new WisecrackError('WISECRACK_DISCORD_UNREACHABLE', { reason });
}
