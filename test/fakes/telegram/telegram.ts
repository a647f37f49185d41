import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Clock } from '../clock.ts';
import type { Planned } from '../planned.ts';
import { until } from '../wait.ts';
import type { Logged } from './api/log.ts';
import { Api } from './api/server.ts';
import { compile, Faults as FaultList, type Faults, type Matcher } from './faults.ts';
import { type Limit, type LimitName, Limits } from './limits.ts';
import { Person } from './people/person.ts';
import type { Chat } from './state/chat.ts';
import type { Ping } from './state/pings.ts';
import { User } from './state/user.ts';
import { World } from './state/world.ts';
import type { Update } from './updates/queue.ts';
import { Updates } from './updates/updates.ts';

export interface FakeTelegramOptions {
  readonly token?: string;
  /** The bot's `@username`, without the sign. */
  readonly username?: string;
  /** What the bot is called. */
  readonly name?: string;
  /** Privacy mode is off: `getMe` says so, and the bot hears everything in groups. */
  readonly readsAll?: boolean;
  /** Whether a mention of the bot gets through privacy mode; sources disagree, BotFather says yes. */
  readonly mentionsHeard?: boolean;
  /** Whether the bot hears other bots in groups. */
  readonly hearsBots?: boolean;
  readonly inline?: boolean;
  /** Whether the bot hears which inline result was chosen. */
  readonly inlineFeedback?: boolean;
  /** Whether the server knows sendMessageDraft. */
  readonly drafts?: boolean;
  readonly limits?: Partial<Record<LimitName, Limit>>;
  /** How long the fake waits before it calls a failing webhook again, in milliseconds. */
  readonly webhookRetryMs?: number;
  /** The number of the first update. */
  readonly firstUpdate?: number;
  readonly port?: number;
  /** How many requests the log keeps. */
  readonly keepRequests?: number;
}

/** A Telegram of one's own: a Bot API server on 127.0.0.1, people who use it, and a record of what they see. */
export class FakeTelegram {
  readonly token: string;
  readonly clock = new Clock();
  readonly world: World;
  readonly limits: Limits;
  readonly updates: Updates;
  readonly #faults: Faults = new FaultList();
  readonly #api: Api;
  readonly #server: Server;

  private constructor(server: Server, options: FakeTelegramOptions) {
    const { token = '4200001:fake-telegram-token', username = 'wisecrack_bot', name = 'Wisecrack' } = options;
    this.token = token;
    this.#server = server;
    this.limits = new Limits(this.clock, options.limits ?? {});
    this.world = new World({
      clock: this.clock,
      bot: new User({ id: Number.parseInt(token, 10), first_name: name, username, is_bot: true }),
      privacy: {
        readsAll: options.readsAll ?? false,
        mentions: options.mentionsHeard ?? true,
        otherBots: options.hearsBots ?? true,
      },
      inline: { on: options.inline ?? true, feedback: options.inlineFeedback ?? true },
    });
    this.world.drafts = options.drafts ?? true;
    this.updates = new Updates({ first: options.firstUpdate ?? 100_001, retryMs: options.webhookRetryMs ?? 200 });
    this.world.listen(({ type, data, key }) => this.updates.queue.add(type, data, key));
    this.#api = new Api({
      world: this.world,
      token,
      limits: this.limits,
      updates: this.updates,
      faults: this.#faults,
      keep: options.keepRequests ?? 10_000,
    });
    this.updates.call = (method, body) => void this.#api.run(method, body);
    server.on('request', (request, response) => void this.#api.handle(request, response));
  }

  static async start(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
    const server = createServer();
    const telegram = new FakeTelegram(server, options);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return telegram;
  }

  /** For grammY: `new Bot(token, { client: { apiRoot: telegram.url } })`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get bot(): User {
    return this.world.bot;
  }

  /** Adds a user. They have not written to the bot yet, so it may not write to them. @throws Error when the username is taken. */
  addUser({
    first_name,
    id = this.world.nextUserId(),
    ...about
  }: {
    first_name: string;
    last_name?: string;
    username?: string;
    /** E.g. `en`, `zh-hans`. */
    language_code?: string;
    is_bot?: boolean;
    id?: number;
  }): Person {
    if (about.username && this.world.userCalled(about.username)) throw new Error(`@${about.username} is taken`);
    return this.world.addUser(new Person(this.world, { id, first_name, ...about }));
  }

  /**
   * Adds a group with the bot in it, unless `bot` is false. All users are members, unless `members` says who.
   *
   * @param options - a forum is always a supergroup; the first of `admins` is the owner.
   */
  addGroup({
    title,
    supergroup = false,
    forum = false,
    admins = [],
    members,
    bot = true,
  }: {
    title: string;
    supergroup?: boolean;
    forum?: boolean;
    admins?: readonly User[];
    members?: readonly User[];
    bot?: boolean;
  }): Chat {
    const isSuper = supergroup || forum;
    const id = isSuper ? this.world.nextSupergroupId() : this.world.nextGroupId();
    const group = this.world.addChat({ id, type: isSuper ? 'supergroup' : 'group', title, forum });
    const [owner = this.world.owner, ...others] = admins;
    const everybody = members ?? [...this.world.users.values()].filter((user) => user !== this.world.owner);
    for (const user of everybody) if (user !== this.bot) group.members.set(user.id, 'member');
    for (const user of others) group.members.set(user.id, 'administrator');
    group.members.set(owner.id, 'creator');
    if (bot) group.addBot();
    return group;
  }

  /** Whom the bot called by name. */
  get pings(): readonly Ping[] {
    return this.world.pings.filter(({ author }) => author === this.bot.name);
  }

  /** The last requests, oldest first. */
  get requests(): readonly Logged[] {
    return this.#api.log.list;
  }

  /** Those of the last requests that a matcher fits, e.g. `sendMessage`. */
  requestsOf(matcher: Matcher): Logged[] {
    return this.#api.log.list.filter(compile(matcher));
  }

  get counts() {
    const { log } = this.#api;
    return {
      requests: log.total,
      /** Answers 429. */
      limited: this.limits.refused,
      /** Requests that came within the `retry_after` that they had been told. */
      violations: this.limits.violations,
      /** Long polls that were ended by another consumer. */
      conflicts: this.updates.poll.conflicts,
      /** Updates that the bot has not confirmed. */
      pending: this.updates.queue.pending.length,
    };
  }

  /**
   * Lets requests fail.
   *
   * @param options - `times` is 1 by default; `retryAfter` is in seconds and makes it a 429.
   */
  fail(
    matcher: Matcher,
    {
      retryAfter,
      code = retryAfter === undefined ? 500 : 429,
      description,
      migrateTo,
      times = 1,
    }: { code?: number; description?: string; retryAfter?: number; migrateTo?: number; times?: number },
  ): Planned {
    const parameters = {
      ...(retryAfter !== undefined && { retry_after: retryAfter }),
      ...(migrateTo !== undefined && { migrate_to_chat_id: migrateTo }),
    };
    const said = retryAfter === undefined ? 'Failed on demand' : `Too Many Requests: retry after ${retryAfter}`;
    return this.#faults.plan(
      compile(matcher),
      {
        kind: 'answer',
        code,
        description: description ?? said,
        parameters: Object.keys(parameters).length > 0 ? parameters : undefined,
      },
      times,
    );
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

  /** Tells the bot of an update once more, as Telegram may after a break. */
  repeats(update: Update): void {
    this.updates.queue.repeat(update);
  }

  /** Lets everything fail, with 502 or with a reset connection, until it is called with false. */
  outage(kind: '502' | 'reset' | false): void {
    this.#faults.outage = kind === false ? 'none' : kind;
    if (kind !== false) this.updates.poll.wake();
  }

  /** Switches files off, or on again: then none can be sent, looked up or downloaded. */
  filesOff(off = true): void {
    this.world.files.on = !off;
  }

  /** Waits until something is true. @throws Error at the deadline. */
  until<Value>(look: () => Value | Promise<Value>, within = 60_000, what?: string): Promise<NonNullable<Value>> {
    return until(look, { within, ...(what !== undefined && { what }) });
  }

  /** Waits until no request has come for `quietMs` and none is open, long polls aside. */
  settled({ quietMs = 300, within = 60_000 }: { quietMs?: number; within?: number } = {}): Promise<boolean> {
    const { log } = this.#api;
    const quiet = () => log.open === 0 && performance.now() - log.lastAt > quietMs;
    return until(quiet, { within, what: `${quietMs} ms without a request` });
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.updates.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
