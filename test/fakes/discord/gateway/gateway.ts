import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { shardOf } from '../ids.ts';
import type { World } from '../state/world.ts';
import { areIntents, close, op, PRIVILEGED } from './codes.ts';
import { Session } from './session.ts';

interface Payload {
  readonly op?: number;
  readonly d?: unknown;
}

/** A client's mistake, for which its connection is closed. */
class Closing extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`closed with ${code}`);
    this.code = code;
  }
}

export interface GatewayOptions {
  readonly token: string;
  /** Where it is reached, e.g. `ws://127.0.0.1:4000/gateway`. */
  readonly url: () => string;
  readonly heartbeatMs: number;
}

/** The gateway: events over web sockets, with sessions that can be resumed. */
export class Gateway {
  readonly #world: World;
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, Session>();
  readonly #sockets = new Map<WebSocket, Session | undefined>();
  #zombie = false;
  #refusing = false;
  #made = 0;
  /** How many sessions were begun. */
  identifies = 0;
  /** How many were taken up again. */
  resumes = 0;
  /** Connections that were opened, of whatever outcome. */
  connections = 0;
  /** Connections that were not taken. */
  refusals = 0;
  heartbeats = 0;
  /** With what codes we have closed connections for a client's mistake. */
  readonly closed: number[] = [];

  constructor(world: World, options: GatewayOptions) {
    this.#world = world;
    this.#options = options;
    world.onDispatch((event) => {
      for (const session of this.#sessions.values()) session.hear(event);
    });
  }

  /** Takes over an HTTP upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    if (this.#refusing) {
      this.refusals++;
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#open(opened));
  }

  /** The sessions with a live connection. */
  get live(): number {
    return [...this.#sessions.values()].filter(({ socket }) => socket).length;
  }

  /** Tears all connections. @param code - closes them with this code instead. */
  drop(code?: number): void {
    for (const socket of [...this.#sockets.keys()]) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
      this.#lose(socket);
    }
  }

  /** Asks all clients to reconnect (op 7). */
  reconnect(): void {
    for (const socket of this.#sockets.keys()) send(socket, { op: op.reconnect, d: null });
  }

  /** Tells all clients that their session is invalid (op 9), and forgets those that cannot be resumed. */
  invalidate(resumable = false): void {
    for (const [socket, session] of this.#sockets) {
      // The client may resume on the same connection.
      this.#sockets.set(socket, undefined);
      if (session) session.socket = undefined;
      if (session && !resumable) this.#forget(session);
      send(socket, { op: op.invalidSession, d: resumable });
    }
  }

  /** Forgets all sessions: whoever comes back must begin anew. */
  forget(): void {
    for (const session of [...this.#sessions.values()]) this.#forget(session);
  }

  /** Acknowledges no more heartbeats, and sends nothing: a connection that is dead and does not know. */
  zombie(on: boolean): void {
    this.#zombie = on;
    if (!on) return;
    for (const session of this.#sessions.values()) session.socket = undefined;
  }

  /** Takes no new connections. */
  refuse(on: boolean): void {
    this.#refusing = on;
  }

  /** Sends an event as it is to all sessions, for what a fuzzer makes up. */
  inject(t: string, d: unknown): void {
    for (const session of this.#sessions.values()) session.send(t, d);
  }

  /** Sends any text to all sockets. */
  injectText(text: string): void {
    for (const socket of this.#sockets.keys()) socket.send(text);
  }

  close(): void {
    for (const socket of this.#sockets.keys()) socket.terminate();
    this.#server.close();
  }

  #open(socket: WebSocket): void {
    this.connections++;
    this.#sockets.set(socket, undefined);
    socket.on('error', () => undefined);
    socket.on('close', (code) => this.#left(socket, code));
    socket.on('message', (data) => this.#message(socket, String(data)));
    send(socket, { op: op.hello, d: { heartbeat_interval: this.#options.heartbeatMs } });
  }

  #message(socket: WebSocket, text: string): void {
    try {
      this.#take(socket, text);
    } catch (error) {
      if (!(error instanceof Closing)) throw error;
      this.closed.push(error.code);
      this.#lose(socket);
      socket.close(error.code);
    }
  }

  /** @throws Closing */
  #take(socket: WebSocket, text: string): void {
    const payload = parse(text);
    const session = this.#sockets.get(socket);
    const begun = () => {
      if (!session) throw new Closing(close.notAuthenticated);
      return session;
    };
    const fresh = () => {
      if (session) throw new Closing(close.alreadyAuthenticated);
    };
    switch (payload.op) {
      case op.heartbeat:
        this.heartbeats++;
        if (!this.#zombie) send(socket, { op: op.ack });
        break;
      case op.identify:
        fresh();
        this.#identify(socket, payload.d);
        break;
      case op.resume:
        fresh();
        this.#resume(socket, payload.d);
        break;
      case op.presence:
      case op.voice:
        begun();
        break;
      case op.requestMembers:
        this.#members(begun(), payload.d);
        break;
      default:
        throw new Closing(close.unknownOpcode);
    }
  }

  #identify(socket: WebSocket, body: unknown): void {
    const { token, intents, shard = [0, 1] } = (body ?? {}) as { token?: string; intents?: unknown; shard?: unknown };
    if (token !== this.#options.token) throw new Closing(close.authenticationFailed);
    if (!areIntents(intents)) throw new Closing(close.invalidIntents);
    if (intents & PRIVILEGED & ~this.#world.intentsAllowed) throw new Closing(close.disallowedIntents);
    if (!isShard(shard)) throw new Closing(close.invalidShard);
    this.identifies++;
    const session = new Session(this.#world, `session-${++this.#made}`, intents, shard);
    const { app, bot, guilds } = this.#world;
    const own = [...guilds.values()].filter(
      (guild) => guild.hasBot && session.shard[0] === shardOf(guild.id, shard[1]),
    );
    this.#sessions.set(session.id, session);
    this.#attach(socket, session);
    session.send('READY', {
      v: 10,
      user: bot.json(),
      guilds: own.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: this.#options.url(),
      shard,
      application: { id: app.id, flags: 0 },
    });
    for (const guild of own)
      session.hear({ t: 'GUILD_CREATE', guild, needs: 'guilds', data: () => guild.createJson() });
    this.#world.changed();
  }

  #resume(socket: WebSocket, body: unknown): void {
    const { token, session_id, seq } = (body ?? {}) as { token?: string; session_id?: string; seq?: unknown };
    if (token !== this.#options.token) throw new Closing(close.authenticationFailed);
    const session = this.#sessions.get(session_id ?? '');
    if (!session) {
      send(socket, { op: op.invalidSession, d: false });
      return;
    }
    session.socket?.terminate();
    this.#attach(socket, session);
    if (typeof seq !== 'number' || !session.replay(seq)) throw new Closing(close.invalidSequence);
    this.resumes++;
    session.sendOnce('RESUMED', {});
  }

  #members(session: Session, body: unknown): void {
    const {
      guild_id,
      nonce,
      user_ids = [],
      query = '',
    } = (body ?? {}) as {
      guild_id?: string;
      nonce?: string;
      user_ids?: string | string[];
      query?: string;
    };
    const guild = this.#world.guilds.get(guild_id ?? '');
    if (!guild?.hasBot) return;
    const ids = new Set([user_ids].flat());
    const chosen = [...guild.members.values()].filter(({ user }) =>
      ids.size > 0 ? ids.has(user.id) : user.name.toLowerCase().startsWith(query.toLowerCase()),
    );
    session.send('GUILD_MEMBERS_CHUNK', {
      guild_id,
      members: chosen.map((member) => guild.memberJson(member)),
      chunk_index: 0,
      chunk_count: 1,
      not_found: [...ids].filter((id) => !guild.members.has(id)),
      nonce,
    });
  }

  #attach(socket: WebSocket, session: Session): void {
    session.socket = socket;
    this.#sockets.set(socket, session);
  }

  /** A client that closes normally wants its session no more. */
  #left(socket: WebSocket, code: number): void {
    const session = this.#sockets.get(socket);
    this.#lose(socket);
    if (session && (code === 1000 || code === 1001)) this.#forget(session);
  }

  #lose(socket: WebSocket): void {
    const session = this.#sockets.get(socket);
    if (session?.socket === socket) session.socket = undefined;
    this.#sockets.delete(socket);
  }

  #forget(session: Session): void {
    session.socket = undefined;
    this.#sessions.delete(session.id);
  }
}

function send(socket: WebSocket, payload: object): void {
  socket.send(JSON.stringify(payload));
}

/** @throws Closing */
function parse(text: string): Payload {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    throw new Closing(close.decodeError);
  }
  if (typeof payload !== 'object' || payload === null) throw new Closing(close.decodeError);
  return payload;
}

function isShard(shard: unknown): shard is [number, number] {
  if (!Array.isArray(shard) || shard.length !== 2) return false;
  const [id, count] = shard;
  return Number.isInteger(id) && Number.isInteger(count) && id >= 0 && id < count;
}
