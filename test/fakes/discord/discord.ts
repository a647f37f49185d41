import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from '../clock.ts';
import type { Planned } from '../planned.ts';
import { until } from '../wait.ts';
import { compile, Faults as FaultList, type Faults, type Matcher } from './faults.ts';
import { Gateway } from './gateway/gateway.ts';
import { type Limit, type LimitName, Limits } from './limits.ts';
import { Person } from './people/person.ts';
import type { Logged } from './rest/log.ts';
import { Rest } from './rest/server.ts';
import type { Channel } from './state/channel.ts';
import type { Guild } from './state/guild.ts';
import type { Ping } from './state/mentions.ts';
import type { Message } from './state/message.ts';
import type { Permission } from './state/permissions.ts';
import { removeMany } from './state/post.ts';
import type { User } from './state/user.ts';
import { World } from './state/world.ts';

/** All intents, privileged ones included. */
const ALL_INTENTS = (1 << 26) - 1;

export interface FakeDiscordOptions {
  readonly token?: string;
  readonly appId?: string;
  /** What the bot is called. */
  readonly name?: string;
  /** The bit field of intents that are switched on for the app; all of them by default. */
  readonly intentsAllowed?: number;
  readonly limits?: Partial<Record<LimitName, Limit>>;
  readonly heartbeatMs?: number;
  /** How many shards `GET /gateway/bot` recommends. */
  readonly shards?: number;
  /** How many sessions may still be begun today, as it is said there. */
  readonly sessionsLeft?: number;
  /** How long an interaction waits for its first answer; 3000 ms. A slow machine may want more. */
  readonly interactionMs?: number;
  /** How edits of messages older than an hour are refused; `allowed` does not. */
  readonly oldEdits?: { readonly status?: number; readonly retryAfterMs?: number } | 'allowed';
  readonly seed?: number;
  readonly port?: number;
  /** How many requests the log keeps. */
  readonly keepRequests?: number;
}

/** A Discord of one's own: REST and gateway on 127.0.0.1, people who use it, and a record of what they see. */
export class FakeDiscord {
  readonly token: string;
  readonly clock = new Clock();
  readonly world: World;
  readonly gateway: Gateway;
  readonly limits: Limits;
  readonly #faults: Faults = new FaultList();
  readonly #rest: Rest;
  readonly #server: Server;

  private constructor(server: Server, options: FakeDiscordOptions) {
    const { token = 'fake.discord.token', appId = '1100000000000000001', name = 'Wisecrack' } = options;
    const { oldEdits = {}, shards = 1, sessionsLeft = 1000 } = options;
    this.token = token;
    this.#server = server;
    this.limits = new Limits(this.clock, options.limits ?? {});
    this.world = new World({
      clock: this.clock,
      app: { id: appId, name },
      seed: options.seed ?? 1,
      intentsAllowed: options.intentsAllowed ?? ALL_INTENTS,
      oldEdits: oldEdits === 'allowed' ? oldEdits : { status: 429, retryAfterMs: 20_000, ...oldEdits },
      interactionMs: options.interactionMs ?? 3000,
    });
    const url = () => `ws://${this.#host}/gateway`;
    this.gateway = new Gateway(this.world, { token, url, heartbeatMs: options.heartbeatMs ?? 41_250 });
    this.#rest = new Rest({
      world: this.world,
      token,
      limits: this.limits,
      faults: this.#faults,
      keep: options.keepRequests ?? 10_000,
      gateway: () => ({
        url: url(),
        shards,
        session_start_limit: { total: 1000, remaining: sessionsLeft, reset_after: 3_600_000, max_concurrency: 16 },
      }),
    });
    server.on('request', (request, response) => void this.#rest.handle(request, response));
    server.on('upgrade', (request, socket, head) => this.gateway.upgrade(request, socket, head));
  }

  static async start(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
    const server = createServer();
    const discord = new FakeDiscord(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return discord;
  }

  /** For discord.js: `new Client({ rest: { api: discord.url } })`. */
  get url(): string {
    return `http://${this.#host}/api`;
  }

  get bot(): User {
    return this.world.bot;
  }

  get appId(): string {
    return this.world.app.id;
  }

  /** Adds a server. All users are members of it, unless `members` says who; the bot is too, unless `bot` is false. */
  addGuild({
    members,
    ...options
  }: {
    name: string;
    id?: string;
    locale?: string;
    bot?: boolean;
    permissions?: readonly Permission[];
    members?: readonly User[];
  }): Guild {
    const guild = this.world.addGuild(options);
    for (const user of members ?? this.world.users.values())
      if (!guild.members.has(user.id) && user !== this.bot) guild.addMember(user);
    return guild;
  }

  /** Adds a user, who joins all servers that there are, or those in `guilds`. */
  addUser({
    guilds,
    ...about
  }: {
    name: string;
    id?: string;
    locale?: string;
    bot?: boolean;
    guilds?: readonly Guild[];
  }): Person {
    const person = this.world.addUser(new Person(this.world, { id: this.world.ids.next(), ...about }));
    for (const guild of guilds ?? this.world.guilds.values()) guild.addMember(person);
    return person;
  }

  /** Deletes many messages at once, as moderators do. */
  deleteMany(channel: Channel, messages: readonly Message[]): void {
    removeMany(channel, messages);
  }

  /** Who was pinged by bots and webhooks. Nobody ever should be. */
  get pings(): readonly Ping[] {
    return this.world.pings.filter(({ human }) => !human);
  }

  /** The last requests, oldest first. */
  get requests(): readonly Logged[] {
    return this.#rest.log.list;
  }

  /** Those of the last requests that a matcher fits, e.g. `PATCH /users/@me`. */
  requestsOf(matcher: Matcher): Logged[] {
    return this.#rest.log.list.filter(compile(matcher));
  }

  get counts() {
    const { log, invalid } = this.#rest;
    return {
      requests: log.total,
      /** Answers 429. */
      limited: this.limits.refused,
      /** Requests that came while they had been told to wait. */
      violations: this.limits.violations,
      /** Answers 401, 403 and 429. */
      invalid,
    };
  }

  /**
   * Lets requests fail.
   *
   * @param options - `times` is 1 by default; `retryAfterMs` and `global` go with status 429.
   */
  fail(
    matcher: Matcher,
    options: {
      status: number;
      code?: number;
      message?: string;
      times?: number;
      retryAfterMs?: number;
      global?: boolean;
    },
  ): Planned {
    const { status, code = 0, message = 'Failed on demand', times = 1, retryAfterMs = 1000, global = false } = options;
    return this.#faults.plan(compile(matcher), { kind: 'answer', status, code, message, retryAfterMs, global }, times);
  }

  /**
   * Lets requests go without an answer: the outcome is unknown to whoever asked.
   *
   * @param options - `done`: whether the request takes effect all the same; `socket`: `torn` resets the connection,
   * `open` leaves it waiting for ever.
   */
  hang(
    matcher: Matcher,
    { done, socket = 'torn', times = 1 }: { done: boolean; socket?: 'open' | 'torn'; times?: number },
  ): Planned {
    return this.#faults.plan(compile(matcher), { kind: 'hang', done, socket }, times);
  }

  /** Lets answers come late, while the requests are done at once. */
  slow(matcher: Matcher, { ms, times = Number.POSITIVE_INFINITY }: { ms: number; times?: number }): Planned {
    return this.#faults.plan(compile(matcher), { kind: 'slow', ms }, times);
  }

  /** Lets all of REST fail, with 503 or with a reset connection, until it is called with false. */
  outage(kind: '503' | 'reset' | false): void {
    this.#faults.outage = kind === false ? 'none' : kind;
  }

  /** Waits until something is true. @throws Error at the deadline. */
  until<Value>(look: () => Value | Promise<Value>, within = 60_000, what?: string): Promise<NonNullable<Value>> {
    return until(look, { within, ...(what !== undefined && { what }) });
  }

  /** Waits until no request has come for `quietMs` and none is open. */
  settled({ quietMs = 300, within = 60_000 }: { quietMs?: number; within?: number } = {}): Promise<boolean> {
    const { log } = this.#rest;
    const quiet = () => log.open === 0 && performance.now() - log.lastAt > quietMs;
    return until(quiet, { within, what: `${quietMs} ms without a request` });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.gateway.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
}
