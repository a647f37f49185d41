import { userOf } from '../../../bots/web/index.ts';
import { chatRoutes as routes } from '../../api/chat.ts';
import { guestId } from '../auth/chatters.ts';
import { hashOf, newSecret } from '../auth/secrets.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** An invite is named by a part of its secret's hash. */
const ID_LENGTH = 16;
const idOf = (hash: string) => hash.slice(0, ID_LENGTH);

/** Who may chat without an account: the operators decide. */
export function addChatGuests(site: Site, { queue, url }: Context): void {
  const { guests, acts } = queue;

  serve(site, routes.chatInvites, async () =>
    (await guests.invites()).map(({ hash, ...invite }) => ({ id: idOf(hash), ...invite })),
  );

  serve(site, routes.inviteToChat, async ({ body: { note, uses, days }, who }) => {
    const token = newSecret();
    const hash = hashOf(token);
    const invite = { note, uses, by: who.by, expiresAt: Date.now() + days * DAY_MS };
    await guests.openInvite(hash, invite);
    await acts.note({ by: who.by, act: 'chat.invite', target: idOf(hash), after: `${uses} × ${note}`.trim() });
    // Behind # it is sent to nobody, and no log has it.
    return { ...invite, id: idOf(hash), link: `${url()}/chat#${token}` };
  });

  serve(site, routes.removeChatInvite, async ({ params: { id }, who }) => {
    const invite = (await guests.invites()).find(({ hash }) => idOf(hash) === id);
    if (!invite || !(await guests.closeInvite(invite.hash))) throw notFound('such invite');
    await acts.note({ by: who.by, act: 'chat.uninvite', target: id });
  });

  serve(site, routes.chatGuests, async () =>
    (await guests.list()).map((guest) => ({ ...guest, user: userOf({ id: guestId(guest.id) }) })),
  );

  serve(site, routes.removeChatGuest, async ({ params: { id }, who }) => {
    if (!(await guests.remove(id))) throw notFound('such guest');
    await acts.note({ by: who.by, act: 'chat.guest.remove', target: userOf({ id: guestId(id) }) });
  });
}
