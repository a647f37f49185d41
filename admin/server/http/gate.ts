import type { FastifyRequest } from 'fastify';
import { WisecrackError } from '../../../errors.ts';
import type { Route } from '../../api/index.ts';
import type { Chatter, Chatters } from '../auth/chatters.ts';
import { isForeign, isForeignHost } from '../auth/origin.ts';
import { bearerOf, type Sessions } from '../auth/sessions.ts';
import { includes, type Who } from '../auth/who.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the gate of the route. */
    who: Who | undefined;
    /** Who chats; set by the gate of a route for guests. */
    chatter: Chatter | undefined;
  }
}

export interface GateOptions {
  sessions: Sessions;
  chatters: Chatters;
  /** WISECRACK_ADMIN_URL. */
  url: string | undefined;
}

/** Lets a request in, or not: before its body is read, so that strangers cannot send us any. */
export class Gate {
  readonly #sessions: Sessions;
  readonly #chatters: Chatters;
  readonly #url: URL | undefined;

  constructor({ sessions, chatters, url }: GateOptions) {
    this.#sessions = sessions;
    this.#chatters = chatters;
    this.#url = url === undefined ? undefined : new URL(url);
  }

  /** Refuses a browser that was led here under another name. @throws WisecrackError WISECRACK_ADMIN_FOREIGN_ORIGIN */
  checkHost(request: FastifyRequest): void {
    if (isForeignHost(request, this.#url?.host)) throw foreign();
  }

  /** @throws WisecrackError WISECRACK_ADMIN_NO_SESSION, WISECRACK_ADMIN_FORBIDDEN, WISECRACK_ADMIN_FOREIGN_ORIGIN */
  async check(request: FastifyRequest, role: Route['role']): Promise<void> {
    if (bearerOf(request) === undefined && isForeign(request, this.#url?.origin)) throw foreign();
    request.who = await this.#sessions.who(request);
    if (role === 'anyone') return;
    if (role === 'guest') {
      request.chatter = await this.#chatters.of(request, request.who);
      if (!request.chatter) throw new WisecrackError('WISECRACK_CHAT_NO_SESSION');
      return;
    }
    if (!request.who) throw new WisecrackError('WISECRACK_ADMIN_NO_SESSION');
    if (!includes(request.who.role, role)) throw new WisecrackError('WISECRACK_ADMIN_FORBIDDEN', { role });
  }
}

const foreign = () => new WisecrackError('WISECRACK_ADMIN_FOREIGN_ORIGIN');
