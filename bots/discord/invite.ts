import { OAuth2Scopes, PermissionFlagsBits } from 'discord.js';

const needed = [
  PermissionFlagsBits.ViewChannel,
  PermissionFlagsBits.SendMessages,
  PermissionFlagsBits.SendMessagesInThreads,
  PermissionFlagsBits.ReadMessageHistory,
  PermissionFlagsBits.AddReactions,
];

export interface InviteOptions {
  /** Personas are to speak under their own names. Default: false. */
  identity?: boolean;
}

/** The permissions that the bot needs on a server, as the number that Discord writes them in. */
export function permissionsOf({ identity = false }: InviteOptions = {}): bigint {
  return [...needed, ...(identity ? [PermissionFlagsBits.ManageWebhooks] : [])].reduce((all, one) => all | one, 0n);
}

/** The address at which somebody adds the bot to their server. */
export function inviteLink(application: string, options: InviteOptions = {}): string {
  const query = new URLSearchParams({
    client_id: application,
    scope: `${OAuth2Scopes.Bot} ${OAuth2Scopes.ApplicationsCommands}`,
    permissions: permissionsOf(options).toString(),
  });
  return `https://discord.com/oauth2/authorize?${query}`;
}
