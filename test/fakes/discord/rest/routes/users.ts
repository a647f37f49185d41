import { problem } from '../../problems.ts';
import { type Route, route } from '../route.ts';

export const users: readonly Route[] = [
  route('GET', '/users/@me', ({ world }) => ({ ...world.bot.json(), verified: true, mfa_enabled: true, email: null })),
  route('PATCH', '/users/@me', ({ world }) => world.bot.json()),
  route('GET', '/users/@me/guilds', ({ world }) =>
    [...world.guilds.values()]
      .filter((guild) => guild.hasBot)
      .map(({ id, name }) => ({ id, name, icon: null, owner: false, permissions: '0', features: [] })),
  ),
  route('DELETE', '/users/@me/guilds/:guild', ({ world, params }) => world.leave(world.joined(params.guild ?? ''))),
  route('GET', '/users/:user', ({ world, params }) => {
    const user = world.users.get(params.user ?? '');
    if (!user) throw problem('unknownUser');
    return user.json();
  }),
  route('POST', '/users/@me/channels', ({ world, body }) => {
    const id = (body as { recipient_id?: string } | undefined)?.recipient_id ?? '';
    const user = world.users.get(id);
    if (!user) throw problem('unknownUser');
    if (user.bot) throw problem('closedDms');
    return world.dm(user).json();
  }),
];
