import { invalid, problem } from '../../problems.ts';
import type { Guild } from '../../state/guild.ts';
import type { World } from '../../state/world.ts';
import { type Call, type Route, route } from '../route.ts';

/** Flags that say that a bot in fewer than 100 servers may read members, presences, message content. */
const flagOf = { members: 1 << 15, presences: 1 << 13, content: 1 << 19 };

function about(world: World) {
  const { app, bot, owner, intentsAllowed: allowed, guilds } = world;
  const flags =
    (allowed & (1 << 1) ? flagOf.members : 0) |
    (allowed & (1 << 8) ? flagOf.presences : 0) |
    (allowed & (1 << 15) ? flagOf.content : 0);
  return {
    id: app.id,
    name: app.name,
    icon: null,
    description: '',
    bot_public: true,
    bot_require_code_grant: false,
    bot: bot.json(),
    owner: owner.json(),
    team: null,
    verify_key: '0'.repeat(64),
    flags,
    approximate_guild_count: [...guilds.values()].filter((guild) => guild.hasBot).length,
    approximate_user_install_count: 0,
    integration_types_config: { 0: {}, 1: {} },
  };
}

/** The app itself, and the guild of a guild's commands. */
function mine({ world, params }: Call): Guild | undefined {
  if (params.app !== world.app.id) throw problem('missingAccess');
  return params.guild === undefined ? undefined : world.joined(params.guild);
}

function replaceAll(call: Call) {
  const { world, body } = call;
  const guild = mine(call);
  if (!Array.isArray(body)) throw invalid([], 'BASE_TYPE_BAD_TYPE', 'Only an array can be used here.');
  return world.commands.replace(body, guild).map((command) => world.commands.json(command));
}

function commandsAt(base: string): Route[] {
  return [
    route('GET', base, (call) =>
      call.world.commands.list(mine(call)).map((command) => call.world.commands.json(command)),
    ),
    route('PUT', base, replaceAll),
    route('POST', base, (call) => call.world.commands.json(call.world.commands.put(call.body, mine(call)))),
    route('GET', `${base}/:command`, (call) =>
      call.world.commands.json(call.world.commands.get(call.params.command ?? '', mine(call))),
    ),
    route('PATCH', `${base}/:command`, (call) =>
      call.world.commands.json(call.world.commands.change(call.params.command ?? '', call.body, mine(call))),
    ),
    route('DELETE', `${base}/:command`, (call) => call.world.commands.remove(call.params.command ?? '', mine(call))),
  ];
}

export const applications: readonly Route[] = [
  route('GET', '/applications/@me', ({ world }) => about(world)),
  route('PATCH', '/applications/@me', ({ world }) => about(world)),
  route('GET', '/oauth2/applications/@me', ({ world }) => about(world)),
  ...commandsAt('/applications/:app/commands'),
  ...commandsAt('/applications/:app/guilds/:guild/commands'),
];
