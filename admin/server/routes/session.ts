import type { FastifyReply, FastifyRequest } from 'fastify';
import { WisecrackError } from '../../../errors.ts';
import type { Account } from '../../../queue/index.ts';
import { sessionRoutes as routes } from '../../api/session.ts';
import { logIn } from '../auth/login.ts';
import { hashPassword } from '../auth/passwords.ts';
import { hashOf } from '../auth/secrets.ts';
import type { Context } from '../context.ts';
import { type Site, serve } from '../http/serve.ts';

/** What others may know of an account. */
export const shown = ({ name, role, totp }: Account) => ({ name, role, totp: totp !== undefined });

/** Who is logged in; in and out. */
export function addSession(site: Site, { queue, sessions, streams, seal }: Context): void {
  const { accounts, acts } = queue;

  /** Takes the token of a link, creates its account and logs in. */
  const create = async (
    { token, name, password }: { token: string; name: string; password: string },
    first: boolean,
    request: FastifyRequest,
    reply: FastifyReply,
  ) => {
    const make = async (role: Account['role']): Promise<Account> => ({
      ...{ name, role, password: await hashPassword(password), createdAt: Date.now() },
    });
    const account = await accounts.create(hashOf(token), { first, make });
    if (account === 'gone') throw new WisecrackError('WISECRACK_ADMIN_LINK_INVALID');
    if (account === 'taken') throw new WisecrackError('WISECRACK_ADMIN_NAME_TAKEN', { name });
    await acts.note({ by: name, act: 'account.create', target: name, after: account.role });
    await sessions.begin(name, request, reply);
    return shown(account);
  };

  serve(site, routes.session, async ({ request }) => {
    const name = request.who?.account;
    const account = name === undefined ? undefined : await accounts.get(name);
    return { setup: await accounts.isEmpty(), account: account ? shown(account) : null };
  });

  serve(site, routes.setup, ({ body, request, reply }) => create(body, true, request, reply));

  serve(site, routes.acceptInvite, ({ body, request, reply }) => create(body, false, request, reply));

  serve(site, routes.login, async ({ body, request, reply }) => {
    const account = await logIn(accounts, seal, { ...body, code: body.code, address: request.ip });
    await sessions.begin(account.name, request, reply);
    await acts.note({ by: account.name, act: 'login', target: request.ip });
    return shown(account);
  });

  serve(site, routes.logout, async ({ who, request, reply }) => {
    await sessions.end(request, reply);
    streams.end(who.hash);
  });
}
