import { problem } from '../../problems.ts';
import { answer } from '../../state/answer.ts';
import { type Call, type Route, route } from '../route.ts';

function callback({ world, params, query, body }: Call) {
  const interaction = world.interactions.get(params.token ?? '');
  if (!interaction || interaction.id !== params.interaction) throw problem('unknownInteraction');
  const given = answer(interaction, body);
  return query.get('with_response') === 'true' ? given : undefined;
}

export const interactions: readonly Route[] = [
  route('POST', '/interactions/:interaction/:token/callback', callback, {
    limit: 'interaction',
    open: true,
    global: false,
  }),
];
