// For what it adds to replies.
import type {} from '@fastify/sse';
import type { FastifyReply } from 'fastify';
import { WisecrackError } from '../../../errors.ts';
import type { Role } from '../../../queue/index.ts';
import type { Route } from '../../api/index.ts';
import type { Chatters } from '../auth/chatters.ts';
import type { Sessions } from '../auth/sessions.ts';
import { bearerOf } from '../auth/sessions.ts';
import { includes } from '../auth/who.ts';
import { type Call, callOf, optionsOf, type Site } from '../http/serve.ts';

/** How often it is looked whether who watches still may. */
const LOOK_MS = 5000;
/** Who takes in less than comes is sent away at this many bytes; a browser comes back and begins anew. */
const MOST_BEHIND = 4 * 1024 * 1024;

/** How many pages a guest may have open. */
const MOST_PER_GUEST = 20;

/** Sends an event; `json` is its data, made once for all who watch. */
export type Send = (event: string, json: string) => void;

/** By what session a stream is open, and the least role that it takes. */
interface Watched {
  hash: string;
  session: 'account' | 'token' | 'guest';
  role: Role | 'guest';
}

/** The open streams of server-sent events, by the session that they hang on. */
export class Streams {
  readonly #sessions: Sessions;
  readonly #chatters: Chatters;
  readonly #open = new Map<string, Set<AbortController>>();
  readonly #timer: NodeJS.Timeout;
  readonly #watched = new Map<AbortController, Watched>();

  constructor(sessions: Sessions, chatters: Chatters) {
    this.#sessions = sessions;
    this.#chatters = chatters;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  get size(): number {
    return this.#watched.size;
  }

  /** Adds a route that is a stream. `work` sends until the signal, or until it has nothing more to say. */
  serve<R extends Route & { role: Role | 'guest' }>(
    { app, gate }: Site,
    route: R,
    work: (call: Call<R>, send: Send, signal: AbortSignal) => Promise<void>,
  ): void {
    app.route({
      ...optionsOf(route, gate),
      // The data comes as JSON already.
      sse: { kind: 'only', serializer: String },
      handler: async (request, reply) => {
        const call = callOf<R>(request, reply);
        const { hash, controller } = this.#add(call, route.role);
        reply.sse.onClose(() => controller.abort());
        reply.sse.keepAlive();
        reply.sse.sendHeaders();
        // Browsers tell that a stream is open with its first bytes.
        reply.raw.write(': welcome\n\n');
        try {
          await work(call, sender(reply, controller), controller.signal);
        } catch (error) {
          if (!controller.signal.aborted) request.log.warn({ err: error }, 'a stream of the dashboard broke');
        } finally {
          this.#remove(hash, controller);
          reply.sse.close();
        }
      },
    });
  }

  /** Ends what hangs on a session. */
  end(hash: string): void {
    for (const controller of this.#open.get(hash) ?? []) controller.abort();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const hash of this.#open.keys()) this.end(hash);
  }

  #add(call: Call<Route>, role: Watched['role']): { hash: string; controller: AbortController } {
    const controller = new AbortController();
    const session =
      role === 'guest' && call.chatter.role === null ? 'guest' : bearerOf(call.request) ? 'token' : 'account';
    const hash = session === 'guest' ? call.chatter.hash : call.who.hash;
    const open = this.#open.get(hash) ?? new Set();
    if (session === 'guest' && open.size >= MOST_PER_GUEST)
      throw new WisecrackError('WISECRACK_ADMIN_TOO_OFTEN', { seconds: 5 });
    this.#open.set(hash, open.add(controller));
    this.#watched.set(controller, { hash, session, role });
    return { hash, controller };
  }

  #remove(hash: string, controller: AbortController): void {
    this.#watched.delete(controller);
    const open = this.#open.get(hash);
    open?.delete(controller);
    if (open?.size === 0) this.#open.delete(hash);
  }

  /** Sessions end in other processes too, and roles change. */
  async #look(): Promise<void> {
    const known = new Map<string, Promise<Role | 'guest' | undefined>>();
    for (const [controller, watched] of [...this.#watched]) {
      const { hash, role } = watched;
      const asked = known.get(hash) ?? this.#roleOf(watched);
      known.set(hash, asked);
      // While Redis is away, nobody is sent away.
      const now = await asked.catch(() => role);
      if (!now || !(role === 'guest' || (now !== 'guest' && includes(now, role)))) controller.abort();
    }
  }

  /** What whoever watches may do now. */
  async #roleOf({ hash, session }: Watched): Promise<Role | 'guest' | undefined> {
    if (session === 'guest') return (await this.#chatters.bySession(hash)) && 'guest';
    return (await (session === 'token' ? this.#sessions.byToken(hash) : this.#sessions.bySession(hash)))?.role;
  }
}

function sender(reply: FastifyReply, controller: AbortController): Send {
  return (event, data) => {
    if (controller.signal.aborted) return;
    if (reply.raw.writableLength > MOST_BEHIND) return controller.abort();
    reply.sse.send({ event, data }).catch(() => controller.abort());
  };
}
