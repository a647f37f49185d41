import type { Settings } from '../schema/index.ts';

/** Who or where, as the lists name it: `platform:id` each. */
export interface Lists {
  users: string[];
  roles: string[];
  channels: string[];
  servers: string[];
}

/** What holds for one person in one place, with every default filled in. The fields are explained at {@link Settings}. */
export interface Rules {
  persona?: string;
  mood?: string;
  locale?: string;
  operators: string[];
  managers: { users: string[]; roles: string[] };
  /** Whatever any scope blocks. */
  block: Lists;
  /** One entry per scope that allows anything at all: each of them must let one in. */
  allow: Lists[];
  keywords: string[];
  answerAll: string[];
  bots: 'ignore' | 'allow';
  botTurns: number;
  botRepliesPerHour: number;
  secondQuestion: 'queue' | 'interrupt';
  userPerMinute: number;
  serverPerMinute: number;
  /** None: without a quota. */
  userTokensPerDay?: number;
  serverTokensPerDay?: number;
  longestQueue: number;
  retentionDays: number;
  webhookIdentity: boolean;
  listen: boolean;
  nsfw: boolean;
  /** Whatever any scope blocks. */
  blocked: { input: string[]; output: string[] };
  /** Nobody is let in. */
  draining: boolean;
  /** What they are told then. */
  maintenance?: string;
}

/** What the operator has set until they set something else. */
const LIMITS = {
  botTurns: 3,
  botRepliesPerHour: 10,
  userPerMinute: 6,
  serverPerMinute: 60,
  longestQueue: 100,
  retentionDays: 30,
} as const;

type Limit = keyof typeof LIMITS | 'userTokensPerDay' | 'serverTokensPerDay';

/**
 * What holds when these settings are laid over each other.
 *
 * - Limits: the first (the operator's, or the default where it sets none) is the most that there is; a narrower one can only
 *   lower it.
 * - `bots`, `listen` and `nsfw`: a scope that says no in so many words is final; else one that says yes counts.
 * - Block lists add up, those of words too. Allow lists must each let one in, so that a narrower one cannot open what a wider one keeps shut.
 * - Managers add up; operators are the first's alone.
 * - All else is taste: the narrowest scope that says something counts.
 *
 * @param settings - from wide to narrow; the first is the operator's (`all`), which may be empty.
 */
export function effective(settings: readonly Settings[]): Rules {
  const last = <Name extends keyof Settings>(name: Name) => settings.findLast((it) => it[name] !== undefined)?.[name];
  const limit = (name: keyof typeof LIMITS) => lowest(settings, name) ?? LIMITS[name];
  const [persona, mood, locale] = [last('persona'), last('mood'), last('locale')];
  const [userTokensPerDay, serverTokensPerDay] = [
    lowest(settings, 'userTokensPerDay'),
    lowest(settings, 'serverTokensPerDay'),
  ];
  return {
    ...(persona !== undefined && { persona }),
    ...(mood !== undefined && { mood }),
    ...(locale !== undefined && { locale }),
    operators: settings[0]?.operators ?? [],
    managers: {
      users: union(settings.map((it) => it.managerUsers)),
      roles: union(settings.map((it) => it.managerRoles)),
    },
    block: {
      users: union(settings.map((it) => it.blockUsers)),
      roles: union(settings.map((it) => it.blockRoles)),
      channels: union(settings.map((it) => it.blockChannels)),
      servers: union(settings.map((it) => it.blockServers)),
    },
    allow: settings.map(allowed).filter((lists) => Object.values(lists).some((list) => list.length > 0)),
    keywords: last('keywords') ?? [],
    answerAll: last('answerAll') ?? [],
    bots: isOpen(settings.map(({ bots }) => (bots === undefined ? undefined : bots === 'allow'))) ? 'allow' : 'ignore',
    botTurns: limit('botTurns'),
    botRepliesPerHour: limit('botRepliesPerHour'),
    secondQuestion: last('secondQuestion') ?? 'queue',
    userPerMinute: limit('userPerMinute'),
    serverPerMinute: limit('serverPerMinute'),
    ...(userTokensPerDay !== undefined && { userTokensPerDay }),
    ...(serverTokensPerDay !== undefined && { serverTokensPerDay }),
    longestQueue: limit('longestQueue'),
    retentionDays: limit('retentionDays'),
    webhookIdentity: last('webhookIdentity') ?? false,
    listen: isOpen(settings.map(({ listen }) => listen)),
    nsfw: isOpen(settings.map(({ nsfw }) => nsfw)),
    blocked: {
      input: union(settings.map((it) => it.blockedInput)),
      output: union(settings.map((it) => it.blockedOutput)),
    },
    draining: settings[0]?.draining ?? false,
    ...(settings[0]?.maintenance !== undefined && { maintenance: settings[0].maintenance }),
  };
}

/** The lowest value of a limit; undefined when there is none. A default counts as the operator's. */
function lowest([operator, ...narrower]: readonly Settings[], name: Limit): number | undefined {
  const first = operator?.[name] ?? (name in LIMITS ? LIMITS[name as keyof typeof LIMITS] : undefined);
  const values = [first, ...narrower.map((it) => it[name])].filter((value) => value !== undefined);
  return values.length === 0 ? undefined : Math.min(...values);
}

/** Somebody says yes, and nobody no. */
const isOpen = (said: (boolean | undefined)[]) => said.includes(true) && !said.includes(false);

function allowed({ allowUsers = [], allowRoles = [], allowChannels = [], allowServers = [] }: Settings): Lists {
  return { users: allowUsers, roles: allowRoles, channels: allowChannels, servers: allowServers };
}

const union = (lists: (string[] | undefined)[]) => [...new Set(lists.flatMap((list) => list ?? []))];
