import { z } from 'zod';
import { ownPatterns } from './patterns.ts';

/** What a rule is about: `all` (the operator's), or `kind:platform:id`, such as `server:discord:42`. */
export const Scope = z
  .string()
  .max(300)
  .regex(/^(all|(server|channel|user):[^:\s]+:\S+)$/, 'must be "all", or server, channel or user with ":platform:id"');

export type Scope = 'all' | `${'server' | 'channel' | 'user'}:${string}`;

/** The kinds of scopes, from wide to narrow. */
export type ScopeKind = 'all' | 'server' | 'channel' | 'user';

/** `platform:id`, as in `Turn.author.id`: the same number on two platforms is two people. */
const ids = z
  .array(
    z
      .string()
      .max(200)
      .regex(/^[^:\s]+:\S+$/, 'must be made of platform, ":" and id'),
  )
  .max(1000);
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const atLeastOne = count.min(1);

/** What can be set; each setting is optional, and what a narrower scope leaves out is taken from the wider ones. */
export const Settings = z.object({
  /** Id of the persona that answers. */
  persona: z.string().min(1).max(200).optional(),
  /** One of the persona's moods. */
  mood: z.string().min(1).max(24).optional(),
  /** Language of our own texts, e.g. `en` or `zh`. */
  locale: z.string().min(1).max(35).optional(),
  /** Who may change everything, everywhere. */
  operators: ids.optional(),
  /** Who may change the settings of a server, besides those to whom the platform gives that right. */
  managerUsers: ids.optional(),
  managerRoles: ids.optional(),
  /** Who is answered; an empty list allows all. Somebody is allowed by name or by role. */
  allowUsers: ids.optional(),
  allowRoles: ids.optional(),
  /** Where is answered; an empty list allows all. */
  allowChannels: ids.optional(),
  allowServers: ids.optional(),
  /** Who and where is never answered, whatever is allowed. */
  blockUsers: ids.optional(),
  blockRoles: ids.optional(),
  blockChannels: ids.optional(),
  blockServers: ids.optional(),
  /** Words that the bot answers to without being mentioned. */
  keywords: z.array(z.string().trim().min(1).max(100)).max(100).optional(),
  /** Channels in which every message is answered. */
  answerAll: ids.optional(),
  /** Whether other bots are answered. */
  bots: z.enum(['ignore', 'allow']).optional(),
  /** How many messages of other bots in a row are answered before a person must speak. */
  botTurns: count.optional(),
  /** How many replies bots get per hour and channel; slow loops run into this. */
  botRepliesPerHour: count.optional(),
  /** What a second question does while the first is answered: it waits, or ends the first. */
  secondQuestion: z.enum(['queue', 'interrupt']).optional(),
  userPerMinute: atLeastOne.optional(),
  serverPerMinute: atLeastOne.optional(),
  /** Tokens of replies per UTC day. */
  userTokensPerDay: count.optional(),
  serverTokensPerDay: count.optional(),
  /** How many jobs may wait; whoever comes then is refused. */
  longestQueue: atLeastOne.optional(),
  /** How many days turns are kept; 0 keeps nothing longer than the reply needs. */
  retentionDays: count.max(36_500).optional(),
  /** Whether personas speak under their own name and picture, where the platform can do that. */
  webhookIdentity: z.boolean().optional(),
  /** Whether messages that were not meant for the bot are kept in the conversation, so that it knows what is talked about. */
  listen: z.boolean().optional(),
  /** Whether personas for adults answer; where the platform knows about adults, both must say so. */
  nsfw: z.boolean().optional(),
  /** Words and phrases whose questions are refused, and that no reply may hold: see personas/patterns.ts. */
  blockedInput: ownPatterns.optional(),
  blockedOutput: ownPatterns.optional(),
  /** Workers take no more jobs until this is taken back; what comes in waits. */
  paused: z.boolean().optional(),
  /** Nobody is let in any more; what waits is still answered. */
  draining: z.boolean().optional(),
  /** What people are told meanwhile, instead of a text of ours. */
  maintenance: z.string().trim().min(1).max(500).optional(),
});

export type Settings = z.infer<typeof Settings>;
export type SettingName = keyof Settings;

/** Some settings to change; null takes one back, so that the wider scopes count again. */
export type SettingsPatch = { [Name in SettingName]?: Settings[Name] | null };

/** The scopes in which a setting can be set, by setting; what is not here can be set in all and server. */
const SCOPES: { [Name in SettingName]?: readonly ScopeKind[] } = {
  persona: ['all', 'server', 'channel', 'user'],
  mood: ['all', 'server', 'channel', 'user'],
  locale: ['all', 'server', 'channel', 'user'],
  secondQuestion: ['all', 'server', 'channel', 'user'],
  operators: ['all'],
  allowServers: ['all'],
  blockServers: ['all'],
  paused: ['all'],
  draining: ['all'],
  maintenance: ['all'],
  bots: ['all', 'server', 'channel'],
  botTurns: ['all', 'server', 'channel'],
  botRepliesPerHour: ['all', 'server', 'channel'],
  keywords: ['all', 'server', 'channel'],
  retentionDays: ['all', 'server', 'channel'],
  webhookIdentity: ['all', 'server', 'channel'],
  listen: ['all', 'server', 'channel'],
  nsfw: ['all', 'server', 'channel'],
  blockedInput: ['all', 'server', 'channel'],
  blockedOutput: ['all', 'server', 'channel'],
};

/** The kind of a scope: what stands before its first ":". */
export const kindOf = (scope: Scope) => scope.split(':', 1)[0] as ScopeKind;

/** Where a setting can be set, from wide to narrow. A user's own scope holds tastes only, never limits or rights. */
export const scopesOf = (name: SettingName): readonly ScopeKind[] => SCOPES[name] ?? ['all', 'server'];

/** One change, as the audit keeps it. */
export const Change = z.object({
  /** Its place in the audit. */
  id: z.string(),
  /** When, in milliseconds since 1970, by Redis's clock. */
  at: z.number(),
  scope: Scope,
  /** Who: `platform:id`, or a name for those who come from no platform. */
  by: z.string(),
  /** The settings of that scope. */
  before: Settings,
  after: Settings,
});

export type Change = Omit<z.infer<typeof Change>, 'scope'> & { scope: Scope };
