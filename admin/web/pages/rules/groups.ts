import type { SettingName } from '../../../../queue/schema/settings.ts';

/** How a rule is edited. */
export type Kind =
  | { type: 'switch' }
  | { type: 'text' }
  | { type: 'number'; min: number }
  | { type: 'ids' }
  | { type: 'words' }
  | { type: 'persona' }
  | { type: 'locale' }
  | { type: 'choice'; values: readonly ('ignore' | 'allow' | 'queue' | 'interrupt')[] };

export const kinds: Readonly<Record<SettingName, Kind>> = {
  paused: { type: 'switch' },
  draining: { type: 'switch' },
  maintenance: { type: 'text' },
  persona: { type: 'persona' },
  mood: { type: 'text' },
  nsfw: { type: 'switch' },
  listen: { type: 'switch' },
  blockedInput: { type: 'words' },
  blockedOutput: { type: 'words' },
  locale: { type: 'locale' },
  webhookIdentity: { type: 'switch' },
  allowUsers: { type: 'ids' },
  allowRoles: { type: 'ids' },
  allowChannels: { type: 'ids' },
  allowServers: { type: 'ids' },
  blockUsers: { type: 'ids' },
  blockRoles: { type: 'ids' },
  blockChannels: { type: 'ids' },
  blockServers: { type: 'ids' },
  keywords: { type: 'words' },
  answerAll: { type: 'ids' },
  secondQuestion: { type: 'choice', values: ['queue', 'interrupt'] },
  bots: { type: 'choice', values: ['ignore', 'allow'] },
  botTurns: { type: 'number', min: 0 },
  botRepliesPerHour: { type: 'number', min: 0 },
  userPerMinute: { type: 'number', min: 1 },
  serverPerMinute: { type: 'number', min: 1 },
  userTokensPerDay: { type: 'number', min: 0 },
  serverTokensPerDay: { type: 'number', min: 0 },
  longestQueue: { type: 'number', min: 1 },
  operators: { type: 'ids' },
  managerUsers: { type: 'ids' },
  managerRoles: { type: 'ids' },
  retentionDays: { type: 'number', min: 0 },
};

/** The rules in the order in which they are shown. */
export const groups = [
  { name: 'state', settings: ['paused', 'draining', 'maintenance'] },
  { name: 'voice', settings: ['persona', 'mood', 'locale', 'webhookIdentity', 'nsfw'] },
  {
    name: 'limits',
    settings: ['userPerMinute', 'serverPerMinute', 'userTokensPerDay', 'serverTokensPerDay', 'longestQueue'],
  },
  { name: 'allow', settings: ['allowUsers', 'allowRoles', 'allowChannels', 'allowServers'] },
  {
    name: 'block',
    settings: ['blockUsers', 'blockRoles', 'blockChannels', 'blockServers', 'blockedInput', 'blockedOutput'],
  },
  { name: 'when', settings: ['keywords', 'answerAll', 'secondQuestion'] },
  { name: 'bots', settings: ['bots', 'botTurns', 'botRepliesPerHour'] },
  { name: 'rights', settings: ['operators', 'managerUsers', 'managerRoles'] },
  { name: 'memory', settings: ['retentionDays', 'listen'] },
] as const satisfies readonly { name: string; settings: readonly SettingName[] }[];
