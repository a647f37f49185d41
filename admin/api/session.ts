import { z } from 'zod';
import { Role, type Route, Time } from './route.ts';

/** What one is called in the dashboard; also in the audit. */
export const AccountName = z
  .string()
  .trim()
  .min(2)
  .max(40)
  .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N}._ -]*[\p{L}\p{N}])?$/u, 'letters, digits, space, dot, _ and - only');
/** No other demand than length: long ones are good ones. */
export const Password = z.string().min(10).max(200);
const secret = z.string().min(1).max(200);
const code = z.string().regex(/^\d{6}$/, 'six digits');

export const Account = z.object({
  name: AccountName,
  role: Role,
  /** Whether a code is asked for at login. */ totp: z.boolean(),
});
export type Account = z.infer<typeof Account>;

/** Who the page talks for. `setup`: there is no owner yet, and the link from the terminal is wanted. */
export const Session = z.object({ setup: z.boolean(), account: Account.nullable() });
export type Session = z.infer<typeof Session>;

export const Setup = z.object({ token: secret, name: AccountName, password: Password });
export const Login = z.object({ name: z.string().max(40), password: z.string().max(200), code: code.optional() });
export const ChangePassword = z.object({ current: z.string().max(200), password: Password });
/** `url` is an otpauth address: what the QR code says. */
export const TotpOffer = z.object({ secret: z.string(), url: z.string() });

export const Invite = z.object({ id: z.string(), role: Role, by: z.string(), expiresAt: Time });
export type Invite = z.infer<typeof Invite>;
/** `link` is shown once; only its hash is kept. */
export const NewInvite = Invite.extend({ link: z.string() });

export const Token = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  by: z.string(),
  createdAt: Time,
  usedAt: Time.nullable(),
});
export type Token = z.infer<typeof Token>;
/** `token` is shown once; only its hash is kept. Send it as `Authorization: Bearer ...`. */
export const NewToken = Token.extend({ token: z.string() });

const byName = z.object({ name: z.string().max(40) });
const byId = z.object({ id: z.string().max(100) });
const tag = 'account';

export const sessionRoutes = {
  /** Never 401: the page asks it first. */
  session: { method: 'GET', url: '/api/session', role: 'anyone', summary: 'Who is logged in', tag, response: Session },
  /** Creates the owner with the token of the one-time link `/setup#TOKEN`, and logs in. */
  setup: {
    method: 'POST',
    url: '/api/setup',
    role: 'anyone',
    summary: 'Create the owner',
    tag,
    body: Setup,
    response: Account,
  },
  /** 401 WISECRACK_ADMIN_LOGIN_FAILED; 401 WISECRACK_ADMIN_CODE_NEEDED when password is right and the TOTP code is missing; 429 when tried too often. */
  login: { method: 'POST', url: '/api/login', role: 'anyone', summary: 'Log in', tag, body: Login, response: Account },
  logout: { method: 'POST', url: '/api/logout', role: 'viewer', summary: 'Log out', tag },
  /** Ends all other sessions of the account. */
  changePassword: {
    method: 'POST',
    url: '/api/account/password',
    role: 'viewer',
    summary: 'Change the password',
    tag,
    body: ChangePassword,
  },
  offerTotp: {
    method: 'POST',
    url: '/api/account/totp',
    role: 'viewer',
    summary: 'Begin to set TOTP up',
    tag,
    response: TotpOffer,
  },
  confirmTotp: {
    method: 'POST',
    url: '/api/account/totp/confirm',
    role: 'viewer',
    summary: 'Switch TOTP on',
    tag,
    body: z.object({ code }),
  },
  removeTotp: {
    method: 'DELETE',
    url: '/api/account/totp',
    role: 'viewer',
    summary: 'Switch TOTP off',
    tag,
    body: z.object({ password: z.string().max(200) }),
  },

  accounts: {
    method: 'GET',
    url: '/api/accounts',
    role: 'owner',
    summary: 'Everybody who may log in',
    tag,
    response: z.array(Account),
  },
  changeRole: {
    method: 'PATCH',
    url: '/api/accounts/:name',
    role: 'owner',
    summary: 'Change a role',
    tag,
    params: byName,
    body: z.object({ role: Role }),
    response: Account,
  },
  removeAccount: {
    method: 'DELETE',
    url: '/api/accounts/:name',
    role: 'owner',
    summary: 'Remove an account',
    tag,
    params: byName,
  },

  invites: {
    method: 'GET',
    url: '/api/invites',
    role: 'owner',
    summary: 'Open invites',
    tag,
    response: z.array(Invite),
  },
  invite: {
    method: 'POST',
    url: '/api/invites',
    role: 'owner',
    summary: 'Invite somebody',
    tag,
    body: z.object({ role: Role }),
    response: NewInvite,
  },
  removeInvite: {
    method: 'DELETE',
    url: '/api/invites/:id',
    role: 'owner',
    summary: 'Take an invite back',
    tag,
    params: byId,
  },
  /** Takes the token of the link `/invite#TOKEN`, creates the account and logs in. */
  acceptInvite: {
    method: 'POST',
    url: '/api/invites/accept',
    role: 'anyone',
    summary: 'Accept an invite',
    tag,
    body: Setup,
    response: Account,
  },

  tokens: { method: 'GET', url: '/api/tokens', role: 'owner', summary: 'API tokens', tag, response: z.array(Token) },
  createToken: {
    method: 'POST',
    url: '/api/tokens',
    role: 'owner',
    summary: 'Create an API token',
    tag,
    body: z.object({ name: z.string().trim().min(1).max(60), role: Role.exclude(['owner']) }),
    response: NewToken,
  },
  removeToken: {
    method: 'DELETE',
    url: '/api/tokens/:id',
    role: 'owner',
    summary: 'Revoke an API token',
    tag,
    params: byId,
  },
} as const satisfies Record<string, Route>;
