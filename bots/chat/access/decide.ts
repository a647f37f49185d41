import type { Lists, Rules, Scope } from '../../../queue/index.ts';

/** Somebody who speaks, and where. All ids are `platform:id`, as the rules name them. */
export interface Speaker {
  readonly user: string;
  readonly roles: readonly string[];
  /** The channel and, for a thread, the channel that it belongs to: a rule for either counts. */
  readonly channels: readonly string[];
  /** None in direct messages. */
  readonly server?: string;
  readonly isBot: boolean;
  /** It is ourselves. */
  readonly isSelf: boolean;
  /** The platform lets them change how a bot behaves here. */
  readonly canManage: boolean;
}

/** What else `decide` must know about a message. */
export interface Facts extends Speaker {
  /** The text is one that we show when something goes wrong, said by whomever. */
  readonly isOurErrorText: boolean;
  /** Messages of other bots since a person spoke, this one included: `queue.loops`. */
  readonly botTurns: number;
  /** Our replies to bots in this channel within the last hour: `queue.loops`. */
  readonly botRepliesThisHour: number;
}

/** Why nothing is said at all: to a bot every word could be an answer, and a block shall not be an argument. */
export type Ignored =
  | 'self'
  | 'own-error'
  | 'blocked-user'
  | 'blocked-role'
  | 'blocked-channel'
  | 'blocked-server'
  | 'bot'
  | 'bot-turns'
  | 'bot-replies';

/** Why somebody who turned to us gets no answer, but may be told so. */
export type Refused = 'user-not-allowed' | 'channel-not-allowed' | 'server-not-allowed';

export type Decision = 'answer' | { ignore: Ignored } | { refuse: Refused };

/** Whether a message that is meant for us is answered. Limits come after this: they cost a round trip, and count. */
export function decide(rules: Rules, facts: Facts): Decision {
  if (facts.isSelf) return { ignore: 'self' };
  if (facts.isOurErrorText) return { ignore: 'own-error' };
  const blocked = blockOf(rules.block, facts);
  if (blocked) return { ignore: blocked };
  if (facts.isBot) {
    if (rules.bots === 'ignore') return { ignore: 'bot' };
    if (facts.botTurns > rules.botTurns) return { ignore: 'bot-turns' };
    if (facts.botRepliesThisHour >= rules.botRepliesPerHour) return { ignore: 'bot-replies' };
  }
  for (const allowed of rules.allow) {
    const refuse = refusalOf(allowed, facts);
    if (refuse) return facts.isBot ? { ignore: 'bot' } : { refuse };
  }
  return 'answer';
}

/**
 * Whether somebody may change the settings of a scope. Nobody needs to be answered for that: so nobody can lock themselves out
 * with an allow list.
 *
 * @param rules - what holds in the place whose settings are to be changed.
 */
export function mayChange(rules: Rules, who: Omit<Speaker, 'isBot' | 'isSelf'>, scope: Scope): boolean {
  if (rules.operators.includes(who.user)) return true;
  if (scope === `user:${who.user}`) return true;
  const isHere =
    (who.server !== undefined && scope === `server:${who.server}`) ||
    who.channels.some((channel) => scope === `channel:${channel}`);
  const { users, roles } = rules.managers;
  return isHere && (who.canManage || users.includes(who.user) || hasAny(roles, who.roles));
}

function blockOf(block: Lists, { user, roles, channels, server }: Speaker): Ignored | undefined {
  if (block.users.includes(user)) return 'blocked-user';
  if (hasAny(block.roles, roles)) return 'blocked-role';
  if (hasAny(block.channels, channels)) return 'blocked-channel';
  if (server !== undefined && block.servers.includes(server)) return 'blocked-server';
  return undefined;
}

/** Where only some servers or channels are allowed, direct messages are not: they are in none of them. */
function refusalOf(allow: Lists, { user, roles, channels, server }: Speaker): Refused | undefined {
  const { users, roles: allowedRoles, channels: allowedChannels, servers } = allow;
  if (servers.length > 0 && (server === undefined || !servers.includes(server))) return 'server-not-allowed';
  if (allowedChannels.length > 0 && !hasAny(allowedChannels, channels)) return 'channel-not-allowed';
  const anybody = users.length === 0 && allowedRoles.length === 0;
  return anybody || users.includes(user) || hasAny(allowedRoles, roles) ? undefined : 'user-not-allowed';
}

const hasAny = (list: readonly string[], some: readonly string[]) => some.some((it) => list.includes(it));
