// For what it adds to replies.
import type {} from '@fastify/sse';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../../../queue/index.ts';
import type { Route } from '../../api/index.ts';
import type { Sessions } from '../auth/sessions.ts';
import { bearerOf } from '../auth/sessions.ts';
import { includes, type Who } from '../auth/who.ts';
import { type Call, callOf, optionsOf, type Site } from '../http/serve.ts';

/** How often it is looked whether who watches still may. */
const LOOK_MS = 5000;
/** Who takes in less than comes is sent away at this many bytes; a browser comes back and begins anew. */
const MOST_BEHIND = 4 * 1024 * 1024;

/** Sends an event; `json` is its data, made once for all who watch. */
export type Send = (event: string, json: string) => void;

/** The open streams of server-sent events, by the session that they hang on. */
export class Streams {
  readonly #sessions: Sessions;
  readonly #open = new Map<string, Set<AbortController>>();
  readonly #timer: NodeJS.Timeout;
  readonly #roles = new Map<AbortController, { who: Who; token: boolean; role: Role }>();

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  get size(): number {
    return this.#roles.size;
  }

  /** Adds a route that is a stream. `work` sends until the signal, or until it has nothing more to say. */
  serve<R extends Route & { role: Role }>(
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
        const controller = this.#add(call.who, request, route.role);
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
          this.#remove(call.who, controller);
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

  #add(who: Who, request: FastifyRequest, role: Role): AbortController {
    const controller = new AbortController();
    this.#open.set(who.hash, (this.#open.get(who.hash) ?? new Set()).add(controller));
    this.#roles.set(controller, { who, token: bearerOf(request) !== undefined, role });
    return controller;
  }

  #remove({ hash }: Who, controller: AbortController): void {
    this.#roles.delete(controller);
    const open = this.#open.get(hash);
    open?.delete(controller);
    if (open?.size === 0) this.#open.delete(hash);
  }

  /** Sessions end in other processes too, and roles change. */
  async #look(): Promise<void> {
    const known = new Map<string, Promise<Who | undefined>>();
    for (const [controller, { who, token, role }] of [...this.#roles]) {
      const { hash } = who;
      const asked = known.get(hash) ?? (token ? this.#sessions.byToken(hash) : this.#sessions.bySession(hash));
      known.set(hash, asked);
      // While Redis is away, nobody is sent away.
      const now = await asked.catch(() => who);
      if (!now || !includes(now.role, role)) controller.abort();
    }
  }
}

function sender(reply: FastifyReply, controller: AbortController): Send {
  return (event, data) => {
    if (controller.signal.aborted) return;
    if (reply.raw.writableLength > MOST_BEHIND) return controller.abort();
    reply.sse.send({ event, data }).catch(() => controller.abort());
  };
}
