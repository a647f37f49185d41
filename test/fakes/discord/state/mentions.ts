import { z } from 'zod';
import { invalid } from '../problems.ts';
import type { Channel } from './channel.ts';
import type { Role } from './guild.ts';
import { may } from './permissions.ts';
import type { Author, User } from './user.ts';

export const allowedMentionsSchema = z.looseObject({
  parse: z.array(z.enum(['users', 'roles', 'everyone'])).optional(),
  users: z.array(z.string()).max(100).optional(),
  roles: z.array(z.string()).max(100).optional(),
  replied_user: z.boolean().optional(),
});

export type AllowedMentions = z.infer<typeof allowedMentionsSchema>;

/** Who a message pings. */
export interface Mentions {
  readonly users: readonly User[];
  readonly roles: readonly Role[];
  readonly everyone: boolean;
  /** The author of the message that is replied to, when the reply pings them. */
  readonly repliedUser?: User;
}

/** A message that pinged somebody, or would have. */
export interface Ping {
  readonly message: string;
  readonly channel: string;
  readonly kind: 'create' | 'edit';
  readonly author: string;
  /** Whether a user of flesh and blood did it, and not a bot or a webhook. */
  readonly human: boolean;
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
  readonly repliedUser: string | undefined;
}

/**
 * Who is pinged by a text. Without `allowed` that is everybody it names, as with Discord. It is stricter in one thing:
 * a mention inside a code block counts.
 *
 * @throws ApiError 50035 when `parse` and a list exclude each other.
 */
export function mentionsOf(
  channel: Channel,
  author: Author,
  content: string,
  allowed: AllowedMentions | null | undefined,
  replied: Author | undefined,
): Mentions {
  if (allowed) checkExclusive(allowed);
  const parse = new Set(allowed ? (allowed.parse ?? []) : ['users', 'roles', 'everyone']);
  const permitted = (kind: 'users' | 'roles', id: string) => parse.has(kind) || Boolean(allowed?.[kind]?.includes(id));
  const { world, guild } = channel;
  const users = ids(content, /<@!?(\d+)>/g).flatMap((id) => world.users.get(id) ?? []);
  const roles = ids(content, /<@&(\d+)>/g).flatMap((id) => guild?.roles.get(id) ?? []);
  // A webhook may always; a user or bot needs the permission.
  const self = world.users.get(author.id);
  const mighty = guild !== undefined && (!self || may(self, channel, 'MentionEveryone'));
  const repliedUser = replied && (!allowed || allowed.replied_user) ? world.users.get(replied.id) : undefined;
  return {
    users: users.filter(({ id }) => permitted('users', id)),
    roles: roles.filter((role) => permitted('roles', role.id) && (role.mentionable || mighty)),
    everyone: mighty && parse.has('everyone') && /@(everyone|here)/.test(content),
    ...(repliedUser && { repliedUser }),
  };
}

function ids(content: string, pattern: RegExp): string[] {
  return [...new Set([...content.matchAll(pattern)].map(([, id = '']) => id))];
}

function checkExclusive({ parse = [], users = [], roles = [] }: AllowedMentions): void {
  for (const [kind, list] of Object.entries({ users, roles })) {
    if (list.length > 0 && parse.some((one) => one === kind)) {
      throw invalid(
        ['allowed_mentions'],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
}
