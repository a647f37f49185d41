import { WisecrackError } from '../../../errors.ts';
import { sessionRoutes as routes } from '../../api/session.ts';
import { checkCode } from '../auth/login.ts';
import { hashPassword, isPassword } from '../auth/passwords.ts';
import { offerTotp } from '../auth/totp.ts';
import type { Who } from '../auth/who.ts';
import type { Context } from '../context.ts';
import { type Site, serve } from '../http/serve.ts';

/** How many may be setting TOTP up at once. */
const MOST_OFFERS = 1000;
const GUESSES = { most: 10, seconds: 15 * 60 };

/** One's own password and second factor. */
export function addAccount(site: Site, { queue, seal }: Context): void {
  const { accounts, acts } = queue;
  /** Secrets that were shown and are not confirmed yet, by account. */
  const offers = new Map<string, string>();

  const ownAccount = async ({ account: name }: Who) => {
    const account = name === undefined ? undefined : await accounts.get(name);
    if (!account) throw new WisecrackError('WISECRACK_ADMIN_FORBIDDEN', { role: 'of an account, not of a token' });
    return account;
  };
  /** Also against whoever sits down at a dashboard that was left open. */
  const checkPassword = async (name: string, password: string, kept: string) => {
    const seconds = await accounts.tryOnce(`password:${name.toLowerCase()}`, GUESSES);
    if (seconds !== undefined) throw new WisecrackError('WISECRACK_ADMIN_TOO_OFTEN', { seconds });
    if (!(await isPassword(password, kept))) throw new WisecrackError('WISECRACK_ADMIN_LOGIN_FAILED');
  };

  serve(site, routes.changePassword, async ({ body, who }) => {
    const { name, password: kept } = await ownAccount(who);
    await checkPassword(name, body.current, kept);
    const password = await hashPassword(body.password);
    await accounts.change(name, (account) => ({ ...account, password }));
    await accounts.endSessions(name, who.hash);
    await acts.note({ by: name, act: 'account.password', target: name });
  });

  serve(site, routes.offerTotp, async ({ who }) => {
    const { name } = await ownAccount(who);
    const offer = offerTotp(name);
    if (offers.size >= MOST_OFFERS) offers.clear();
    offers.set(name, offer.secret);
    return offer;
  });

  serve(site, routes.confirmTotp, async ({ body, who }) => {
    const { name } = await ownAccount(who);
    const secret = offers.get(name);
    if (secret === undefined) throw new WisecrackError('WISECRACK_ADMIN_NOT_FOUND', { what: 'code to confirm' });
    await checkCode(accounts, { name }, secret, body.code);
    await accounts.change(name, (account) => ({ ...account, totp: seal.seal(secret) }));
    offers.delete(name);
    await acts.note({ by: name, act: 'account.totp', target: name, after: 'on' });
  });

  serve(site, routes.removeTotp, async ({ body, who }) => {
    const { name, password } = await ownAccount(who);
    await checkPassword(name, body.password, password);
    await accounts.change(name, ({ totp: _, ...account }) => account);
    await acts.note({ by: name, act: 'account.totp', target: name, after: 'off' });
  });
}
