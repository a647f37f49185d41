import { problem } from '../../problems.ts';
import { roleJson } from '../../state/guild.ts';
import { type Call, type Route, route } from '../route.ts';

function guildOf({ world, params }: Call) {
  return world.joined(params.guild ?? '');
}

function members(call: Call, fits: (name: string) => boolean) {
  const guild = guildOf(call);
  const after = BigInt(call.query.get('after') ?? 0);
  return [...guild.members.values()]
    .filter(({ user, nick }) => BigInt(user.id) > after && (fits(user.name) || (nick !== null && fits(nick))))
    .slice(0, Number(call.query.get('limit') ?? 1))
    .map((member) => guild.memberJson(member));
}

function member(call: Call, id: string) {
  const guild = guildOf(call);
  const found = guild.members.get(id);
  if (!found) throw call.world.users.has(id) ? problem('unknownMember') : problem('unknownUser');
  return guild.memberJson(found);
}

export const guilds: readonly Route[] = [
  route('GET', '/guilds/:guild', (call) => ({
    ...guildOf(call).json(),
    approximate_member_count: guildOf(call).members.size,
  })),
  route('GET', '/guilds/:guild/channels', (call) =>
    [...guildOf(call).channels.values()].filter(({ isThread }) => !isThread).map((channel) => channel.json()),
  ),
  route('GET', '/guilds/:guild/roles', (call) => [...guildOf(call).roles.values()].map(roleJson)),
  route('GET', '/guilds/:guild/threads/active', (call) => ({
    threads: [...guildOf(call).channels.values()].filter(({ isThread }) => isThread).map((channel) => channel.json()),
    members: [],
  })),
  route('GET', '/guilds/:guild/members', (call) => members(call, () => true)),
  route('GET', '/guilds/:guild/members/search', (call) => {
    const wanted = (call.query.get('query') ?? '').toLowerCase();
    return members(call, (name) => name.toLowerCase().startsWith(wanted));
  }),
  route('GET', '/guilds/:guild/members/@me', (call) => member(call, call.world.bot.id)),
  route('GET', '/guilds/:guild/members/:user', (call) => member(call, call.params.user ?? '')),
];
