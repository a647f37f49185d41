// For what it adds to requests and replies.
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Accounts } from '../../../queue/index.ts';
import { hashOf, newSecret } from './secrets.ts';
import type { Who } from './who.ts';

export const COOKIE = 'wisecrack_session';
/** A session ends when nobody has used it for so long, and at the latest after so long. */
const IDLE_MS = 12 * 60 * 60 * 1000;
const LONGEST_MS = 30 * 24 * 60 * 60 * 1000;

/** Sessions and tokens: who a request comes from. */
export class Sessions {
  readonly #accounts: Accounts;
  readonly #secure: boolean;

  /** @param secure - the page comes over https only. */
  constructor(accounts: Accounts, secure: boolean) {
    this.#accounts = accounts;
    this.#secure = secure;
  }

  /** Logs in under a new id; the one that the browser had before, whoever gave it that, ends. */
  async begin(name: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.end(request, reply);
    const id = newSecret();
    await this.#accounts.openSession(hashOf(id), { name, since: Date.now() }, IDLE_MS);
    reply.setCookie(COOKIE, id, { path: '/', httpOnly: true, sameSite: 'strict', secure: this.#secure });
  }

  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const id = request.cookies[COOKIE];
    if (id !== undefined) await this.#accounts.closeSession(hashOf(id));
    reply.clearCookie(COOKIE, { path: '/' });
  }

  /** Who asks: by token where one is sent, else by cookie; undefined for nobody. */
  async who(request: FastifyRequest): Promise<Who | undefined> {
    const token = bearerOf(request);
    if (token !== undefined) return this.byToken(hashOf(token));
    const id = request.cookies[COOKIE];
    return id === undefined ? undefined : this.bySession(hashOf(id));
  }

  async bySession(hash: string): Promise<Who | undefined> {
    const session = await this.#accounts.session(hash, IDLE_MS);
    if (!session) return undefined;
    // Read each time, so that a role that is taken away is gone at once.
    const account = await this.#accounts.get(session.name);
    if (account && Date.now() - session.since < LONGEST_MS) {
      return { by: account.name, account: account.name, role: account.role, hash };
    }
    await this.#accounts.closeSession(hash);
    return undefined;
  }

  async byToken(hash: string): Promise<Who | undefined> {
    const token = await this.#accounts.token(hash);
    return token && { by: `token ${token.name}`, role: token.role, hash };
  }
}

export function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}
