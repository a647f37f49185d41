import {
  type APIApplication,
  ApplicationFlags,
  ApplicationIntegrationType,
  DiscordAPIError,
  type RESTGetAPIGatewayBotResult,
  Routes,
} from 'discord.js';
import { type InviteOptions, inviteLink } from './invite.ts';
import { surfaceErrorOf } from './problems.ts';
import { closeRest, openRest, type RestOptions } from './rest.ts';

export interface CheckOptions extends RestOptions, InviteOptions {
  /** Whether the operator wants the bot to read all messages. Default: false. */
  messageContent?: boolean;
}

/** How it stands with the bot on Discord. No text in it holds the token. */
export interface DiscordCheck {
  token: 'valid' | 'invalid' | 'unreachable';
  bot?: { id: string; name: string };
  /** Whether the Message Content intent is switched on. */
  messageContent: boolean;
  servers: number;
  /** How many shards Discord recommends, and how many logins are left today. */
  shards: number;
  loginsLeft: number;
  invite?: string;
  /** What is wrong or missing, and what to do about it. */
  missing: { found: string; mend: string }[];
}

type Application = APIApplication & {
  integration_types_config?: Partial<Record<ApplicationIntegrationType, unknown>>;
};

/** Asks Discord about the bot, for `wisecrack doctor`. Never throws. */
export async function checkDiscord(options: CheckOptions): Promise<DiscordCheck> {
  const rest = openRest(options);
  try {
    const application = (await rest.get(Routes.currentApplication())) as Application;
    const gateway = (await rest.get(Routes.gatewayBot())) as RESTGetAPIGatewayBotResult;
    return examine(application, gateway, options);
  } catch (error) {
    return broken(error);
  } finally {
    closeRest(rest);
  }
}

/** What the two answers mean. */
export function examine(
  application: Application,
  { shards, session_start_limit: { remaining } }: Pick<RESTGetAPIGatewayBotResult, 'shards' | 'session_start_limit'>,
  options: Pick<CheckOptions, 'messageContent' | 'identity'>,
): DiscordCheck {
  const { id, name, bot, flags = 0 } = application;
  const messageContent = (flags & contentFlags) !== 0;
  return {
    token: 'valid',
    bot: { id: bot?.id ?? id, name: bot?.username ?? name },
    messageContent,
    servers: application.approximate_guild_count ?? 0,
    shards,
    loginsLeft: remaining,
    invite: inviteLink(id, options),
    missing: [
      ...(options.messageContent && !messageContent ? [missing.intent] : []),
      ...(!isUserInstallable(application) ? [missing.userInstall] : []),
      ...(remaining === 0 ? [missing.logins] : []),
    ],
  };
}

const contentFlags = ApplicationFlags.GatewayMessageContent | ApplicationFlags.GatewayMessageContentLimited;

const missing = {
  intent: {
    found: 'DISCORD_MESSAGE_CONTENT is set, but the Message Content intent is off',
    mend: 'Switch it on in the Discord Developer Portal (Bot, Privileged Gateway Intents). Without it the bot hears mentions, replies, direct messages and commands.',
  },
  userInstall: {
    found: 'the bot can be added to servers, but not to accounts',
    mend: 'To let people use it everywhere, tick User Install in the Discord Developer Portal (Installation).',
  },
  logins: {
    found: 'no logins are left for today',
    mend: 'Wait until tomorrow, and look in the log for what restarts the bot again and again.',
  },
};

function isUserInstallable({ integration_types_config: types }: Application): boolean {
  // Who does not say so cannot be complained about.
  return types === undefined || types[ApplicationIntegrationType.UserInstall] !== undefined;
}

function broken(error: unknown): DiscordCheck {
  const none = { messageContent: false, servers: 0, shards: 0, loginsLeft: 0 };
  if (error instanceof DiscordAPIError && error.status === 401) {
    const mend = 'Copy the token from the Discord Developer Portal (Bot, Reset Token) into DISCORD_TOKEN.';
    return { token: 'invalid', ...none, missing: [{ found: 'Discord does not accept the token', mend }] };
  }
  const found = surfaceErrorOf(error, 'change').message;
  return { token: 'unreachable', ...none, missing: [{ found, mend: 'Check the connection to discord.com.' }] };
}
