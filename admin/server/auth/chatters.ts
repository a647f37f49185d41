// For what it adds to requests and replies.
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WisecrackError } from '../../../errors.ts';
import type { Guests, Role } from '../../../queue/index.ts';
import { hashOf, newSecret } from './secrets.ts';
import type { Who } from './who.ts';

export const GUEST_COOKIE = 'wisecrack_guest';
/** A guest who has not come for so long needs a new invite. */
const IDLE_MS = 30 * 24 * 60 * 60 * 1000;

/** Somebody who may chat. */
export interface Chatter {
  /** The id of the platform `web`. */
  id: string;
  name: string;
  /** None for a guest. */
  role: Role | null;
  /** The hash of the session: what ends when it ends. */
  hash: string;
}

/** Who chats: guests by a session of their own, and everybody with an account. */
export class Chatters {
  readonly #guests: Guests;
  readonly #secure: boolean;

  /** @param secure - the page comes over https only. */
  constructor(guests: Guests, secure: boolean) {
    this.#guests = guests;
    this.#secure = secure;
  }

  /** @param who - who is logged in to the dashboard; a token is nobody who chats. */
  async of(request: FastifyRequest, who: Who | undefined): Promise<Chatter | undefined> {
    if (who) return chatterOf(who);
    const id = request.cookies[GUEST_COOKIE];
    return id === undefined ? undefined : this.bySession(hashOf(id));
  }

  async bySession(hash: string): Promise<Chatter | undefined> {
    const guest = await this.#guests.session(hash, IDLE_MS);
    return guest && { id: guestId(guest.id), name: guest.name, role: null, hash };
  }

  /** Lets a guest in under a new session. @throws WisecrackError WISECRACK_ADMIN_LINK_INVALID */
  async join(token: string, name: string, reply: FastifyReply): Promise<Chatter> {
    const secret = newSecret();
    const hash = hashOf(secret);
    const id = newSecret().slice(0, 16);
    const guest = await this.#guests.join(hashOf(token), { id, name }, { hash, ttlMs: IDLE_MS });
    if (!guest) throw new WisecrackError('WISECRACK_CHAT_LINK_INVALID');
    reply.setCookie(GUEST_COOKIE, secret, {
      ...{ path: '/', httpOnly: true, sameSite: 'strict', secure: this.#secure, maxAge: IDLE_MS / 1000 },
    });
    return { id: guestId(id), name: guest.name, role: null, hash };
  }

  async leave(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const id = request.cookies[GUEST_COOKIE];
    if (id !== undefined) await this.#guests.closeSession(hashOf(id));
    reply.clearCookie(GUEST_COOKIE, { path: '/' });
  }
}

/** How the platform `web` names a guest. */
export const guestId = (id: string): string => `guest.${id}`;

/** How it names an account. Names are one person's whatever their case, and hold no "+". */
export const accountId = (name: string): string =>
  `account.${name.normalize('NFKC').toLowerCase().replaceAll(' ', '+')}`;

function chatterOf({ account, role, hash }: Who): Chatter | undefined {
  return account === undefined ? undefined : { id: accountId(account), name: account, role, hash };
}
