import type { Turn } from '../../../queue/index.ts';
import { conversationRoutes as routes } from '../../api/conversations.ts';
import type { Context } from '../context.ts';
import { type Site, serve } from '../http/serve.ts';

/** What is stored of a person. */
export function addPeople(site: Site, { queue }: Context): void {
  const { privacy, acts } = queue;

  serve(site, routes.person, async ({ params: { id } }) => {
    const { conversations, turns, replies, settings, votes, tokensToday } = await privacy.describe(id);
    return { id, conversations, turns, replies, settings, votes, tokensToday };
  });

  serve(site, routes.exportPerson, async ({ params: { id }, who, reply }) => {
    const [stored, turns] = await Promise.all([privacy.describe(id), privacy.turnsOf(id)]);
    await acts.note({ by: who.by, act: 'person.export', target: id });
    const name = id.replace(/[^\w-]+/g, '_').slice(0, 60);
    reply.header('content-disposition', `attachment; filename="${name}.json"`);
    return JSON.stringify(
      { person: id, exportedAt: new Date().toISOString(), ...stored, said: turns.map(plain) },
      null,
      2,
    );
  });

  serve(site, routes.deletePerson, async ({ params: { id }, who }) => {
    const gone = await privacy.erase(id);
    await acts.note({ by: who.by, act: 'person.delete', target: id });
    return gone;
  });
}

const plain = ({ conversation, turn }: { conversation: string; turn: Turn }) => ({
  ...{ conversation, at: new Date(turn.at).toISOString(), by: turn.author.name, role: turn.role, text: turn.text },
});
