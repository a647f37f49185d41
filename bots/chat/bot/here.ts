import { effective, type Queue, type Rules, type Scope } from '../../../queue/index.ts';
import type { Speaker } from '../access/index.ts';
import type { Person, Whereabouts } from '../heard.ts';
import { type Locale, localeOf, type Say, sayIn } from '../texts/index.ts';

/** Somebody in some place, with the rules that hold there for them. */
export interface Here {
  readonly by: Person;
  readonly at: Whereabouts;
  readonly speaker: Speaker;
  readonly rules: Rules;
  readonly locale: Locale;
  /** Our texts, in the language of the place or the person. */
  readonly say: Say;
}

export interface LookOptions {
  queue: Queue;
  platform: string;
  /** Who runs the bot, `platform:id`, whatever the rules say. */
  operators: readonly string[];
}

/** Reads what holds for a person in a place: one round trip, none when it is known already. */
export async function lookHere(
  { queue, platform, operators }: LookOptions,
  by: Person,
  at: Whereabouts,
): Promise<Here> {
  const ours = (id: string) => `${platform}:${id}`;
  const channels = [at.channel, at.parentChannel].filter((id) => id !== undefined).map(ours);
  const user = ours(by.id);
  const server = at.server === undefined ? undefined : ours(at.server);
  const scopes: Scope[] = [
    'all',
    ...(server === undefined ? [] : [`server:${server}` as const]),
    // A thread's own settings are narrower than those of its channel.
    ...channels.toReversed().map((channel) => `channel:${channel}` as const),
    `user:${user}`,
  ];
  const read = effective(await queue.rules.read(scopes));
  const rules = { ...read, operators: [...read.operators, ...operators] };
  const locale = localeOf(rules.locale ?? by.locale);
  const speaker: Speaker = {
    user,
    roles: by.roles.map(ours),
    channels,
    ...(server !== undefined && { server }),
    isBot: by.isBot,
    isSelf: false,
    canManage: by.canManage,
  };
  return { by, at, speaker, rules, locale, say: sayIn(locale) };
}

/** The scope that `me`, `channel` or `server` means here. */
export function scopeOf(word: string, { speaker }: Here): Scope | undefined {
  if (word === 'me') return `user:${speaker.user}`;
  if (word === 'channel') return `channel:${speaker.channels[0]}`;
  return speaker.server === undefined ? undefined : `server:${speaker.server}`;
}
