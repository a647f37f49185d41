import { randomUUID } from 'node:crypto';
import { userOf } from '../../../bots/web/index.ts';
import { sessionRoutes as routes } from '../../api/session.ts';
import { accountId } from '../auth/chatters.ts';
import { hashOf, newSecret } from '../auth/secrets.ts';
import type { Context } from '../context.ts';
import { notFound } from '../http/failure.ts';
import { type Site, serve } from '../http/serve.ts';
import { shown } from './session.ts';

const INVITE_MS = 7 * 24 * 60 * 60 * 1000;
/** An invite is named by a part of its secret's hash. */
const ID_LENGTH = 16;

/** Who may log in, and what scripts may: the owners decide. */
export function addAccounts(site: Site, { queue, url }: Context): void {
  const { accounts, acts } = queue;

  serve(site, routes.accounts, async () => (await accounts.list()).map(shown));

  serve(site, routes.changeRole, async ({ params: { name }, body: { role }, who }) => {
    const before = (await accounts.get(name))?.role ?? '';
    const account = await accounts.change(name, (it) => ({ ...it, role }));
    await acts.note({ by: who.by, act: 'account.role', target: account.name, before, after: role });
    return shown(account);
  });

  serve(site, routes.removeAccount, async ({ params: { name }, who }) => {
    await accounts.remove(name);
    // Whoever has the name next shall not read what was said.
    await queue.privacy.erase(userOf({ id: accountId(name) }));
    await acts.note({ by: who.by, act: 'account.remove', target: name });
  });

  serve(site, routes.invites, async () =>
    (await accounts.tickets())
      .filter(({ first }) => !first)
      .map(({ hash, role, by, expiresAt }) => ({ id: hash.slice(0, ID_LENGTH), role, by, expiresAt })),
  );

  serve(site, routes.invite, async ({ body: { role }, who }) => {
    const token = newSecret();
    const hash = hashOf(token);
    const ticket = { role, by: who.by, expiresAt: Date.now() + INVITE_MS };
    await accounts.openTicket(hash, { ...ticket, first: false });
    await acts.note({ by: who.by, act: 'invite.create', target: hash.slice(0, ID_LENGTH), after: role });
    return { ...ticket, id: hash.slice(0, ID_LENGTH), link: `${url()}/invite#${token}` };
  });

  serve(site, routes.removeInvite, async ({ params: { id }, who }) => {
    const invite = (await accounts.tickets()).find(({ hash, first }) => !first && hash.slice(0, ID_LENGTH) === id);
    if (!invite || !(await accounts.closeTicket(invite.hash))) throw notFound('such invite');
    await acts.note({ by: who.by, act: 'invite.remove', target: id });
  });

  serve(site, routes.tokens, () => accounts.tokens());

  serve(site, routes.createToken, async ({ body: { name, role }, who }) => {
    const token = newSecret();
    const kept = { id: randomUUID(), name, role, by: who.by, createdAt: Date.now() };
    await accounts.addToken(hashOf(token), kept);
    await acts.note({ by: who.by, act: 'token.create', target: name, after: role });
    return { ...kept, usedAt: null, token };
  });

  serve(site, routes.removeToken, async ({ params: { id }, who }) => {
    if (!(await accounts.removeToken(id))) throw notFound('such token');
    await acts.note({ by: who.by, act: 'token.remove', target: id });
  });
}
