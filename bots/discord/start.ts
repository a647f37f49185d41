import { type Client, Events, PermissionFlagsBits, Team } from 'discord.js';
import { reasonOf, WisecrackError } from '../../errors.ts';
import type { BotLog } from '../chat/bot/index.ts';
import type { Ears } from '../chat/heard.ts';
import { patiently } from '../chat/patient.ts';
import type { Surface } from '../chat/surface.ts';
import { closedWith, logIn, makeClient } from './client.ts';
import { registerCommands } from './commands/register.ts';
import { connectEvents } from './events.ts';
import { Interactions } from './interactions.ts';
import type { Me } from './me.ts';
import { closeRest, openRest, type RestOptions } from './rest.ts';
import { Seal } from './seal.ts';
import { DiscordSurface } from './surface.ts';

export interface DiscordOptions extends RestOptions {
  /** Ask for the text of all messages. Where that is not allowed, the bot runs without. Default: false. */
  messageContent?: boolean;
  log: BotLog;
  /** Makes what listens, given the surface that replies go to. */
  openBot: (surface: Surface) => Ears | Promise<Ears>;
  /** The address of a persona's picture, by its name. */
  avatarOf?: (persona: string) => string | undefined;
  /** Called once when Discord has closed the connection for good after it stood. */
  onEnd?: (error: WisecrackError) => void;
  /** Aborting it ends the attempts to connect. */
  signal?: AbortSignal;
  /** How long a slash command may show "thinking", in ms. Default: as long as Discord allows. */
  patienceMs?: number;
}

export interface Discord {
  readonly me: Me;
  /** Whether the bot hears the text of all messages. */
  readonly messageContent: boolean;
  /** The servers that the bot is on, and the gateway's latency in ms (-1 when not known yet). */
  stats(): { servers: number; pingMs: number };
  close(): Promise<void>;
}

/**
 * Connects the bot to Discord, and resolves when it is ready. While Discord is away it is tried again and again.
 *
 * @throws WisecrackError WISECRACK_DISCORD_TOKEN_INVALID, WISECRACK_DISCORD_SHARDS_NEEDED or WISECRACK_DISCORD_CLOSED; the
 * signal's reason when that was aborted. What `openBot` opened is the caller's to close.
 */
export async function startDiscord(options: DiscordOptions): Promise<Discord> {
  const adapter = new Adapter(options);
  try {
    await adapter.start();
    return adapter;
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

class Adapter implements Discord {
  readonly #options: DiscordOptions;
  readonly #rest;
  readonly #seal: Seal;
  readonly #closed = new AbortController();
  readonly #known: Promise<Me>;
  #tellMe: (me: Me) => void = () => {};
  #me: Me | undefined;
  #client: Client<true> | undefined;
  #interactions: Interactions | undefined;
  #ears: Ears | undefined;
  #content: boolean;

  constructor(options: DiscordOptions) {
    this.#options = options;
    this.#content = options.messageContent ?? false;
    this.#rest = openRest(options);
    this.#seal = new Seal(options.token);
    this.#known = new Promise((resolve) => {
      this.#tellMe = resolve;
    });
    options.signal?.addEventListener('abort', () => this.#closed.abort(), { once: true });
    if (options.signal?.aborted) this.#closed.abort();
  }

  get me(): Me {
    if (!this.#me) throw new Error('Discord is not connected yet');
    return this.#me;
  }

  get messageContent(): boolean {
    return this.#content;
  }

  stats(): { servers: number; pingMs: number } {
    return { servers: this.#client?.guilds.cache.size ?? 0, pingMs: this.#client?.ws.ping ?? -1 };
  }

  async start(): Promise<void> {
    const { openBot, avatarOf, log, patienceMs } = this.#options;
    const surface = new DiscordSurface({
      rest: this.#rest,
      me: this.#known,
      seal: this.#seal,
      mayManage: (channel) => this.#mayManage(channel),
      ...(avatarOf && { avatarOf }),
    });
    this.#ears = await openBot(surface);
    this.#interactions = new Interactions({
      ears: this.#ears,
      log,
      seal: this.#seal,
      letGo: (token, text) => surface.letGo(token, text),
      ...(patienceMs !== undefined && { patienceMs }),
    });
    await this.#connect();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    this.#interactions?.close();
    await this.#client?.destroy();
    closeRest(this.#rest);
  }

  #connect(): Promise<void> {
    return patiently(() => this.#connectOrWithout(), {
      signal: this.#closed.signal,
      onWait: ({ message: error }, waitMs) => this.#options.log.warn({ error, waitMs }, 'Discord is away'),
    });
  }

  /** Connects; where Discord denies the text of all messages, without it. */
  async #connectOrWithout(): Promise<void> {
    try {
      await this.#connectOnce();
    } catch (error) {
      if (!isDenied(error) || !this.#content) throw error;
      this.#withoutContent(error);
      await this.#connectOnce();
    }
  }

  async #connectOnce(): Promise<void> {
    const { token, api, log } = this.#options;
    const [ears, interactions] = [this.#ears, this.#interactions];
    if (!ears || !interactions) throw new Error('start() comes first');
    const made = makeClient({ ...(api !== undefined && { api }), messageContent: this.#content }, (error) =>
      log.warn({ error: reasonOf(error) }, 'an event of Discord cannot be read'),
    );
    made.on(Events.Error, (error) => log.warn({ error: reasonOf(error) }, 'an error of the Discord client'));
    made.on(Events.ShardError, (error) => log.warn({ error: reasonOf(error) }, 'an error of the gateway'));
    connectEvents(made, { ears, interactions, log });
    const client = await logIn(made, token);
    if (this.#closed.signal.aborted) {
      await client.destroy();
      this.#closed.signal.throwIfAborted();
    }
    this.#client = client;
    const owners = await ownersOf(client, log);
    this.#me = { id: client.user.id, name: client.user.displayName, application: client.application.id, owners };
    this.#tellMe(this.#me);
    client.on(Events.ShardDisconnect, ({ code }) => this.#lost(closedWith(code)));
    log.info({ bot: this.#me.name, servers: client.guilds.cache.size }, 'connected to Discord');
    if (!client.shard?.ids || client.shard.ids.includes(0)) this.#register(client);
  }

  #register(client: Client<true>): void {
    registerCommands(client.rest, client.application.id, this.#options.log).catch((error) => {
      this.#options.log.warn({ error: reasonOf(error) }, 'the slash commands were not registered');
    });
  }

  #withoutContent({ message, mend }: WisecrackError): void {
    this.#content = false;
    this.#options.log.warn({ mend }, message);
  }

  /** The connection stood, and Discord will not have it back. */
  #lost(error: WisecrackError): void {
    if (this.#closed.signal.aborted) return;
    const { log, onEnd } = this.#options;
    if (!isDenied(error) || !this.#content) {
      log.warn({ code: error.code, mend: error.mend }, error.message);
      onEnd?.(error);
      return;
    }
    // Somebody has switched the intent off while we ran.
    this.#withoutContent(error);
    const old = this.#client;
    Promise.resolve(old?.destroy())
      .then(() => this.#connect())
      .catch((failed) => {
        if (this.#closed.signal.aborted) return;
        log.warn({ error: reasonOf(failed) }, 'Discord was lost');
        if (failed instanceof WisecrackError) onEnd?.(failed);
      });
  }

  #mayManage(id: string): boolean | undefined {
    const channel = this.#client?.channels.cache.get(id);
    const me = channel && 'guild' in channel ? channel.guild.members.me : undefined;
    if (!channel || !('permissionsFor' in channel) || !me) return undefined;
    return channel.permissionsFor(me).has(PermissionFlagsBits.ManageWebhooks);
  }
}

const isDenied = (error: unknown): error is WisecrackError =>
  error instanceof WisecrackError && error.code === 'WISECRACK_DISCORD_INTENT_MISSING';

/** Nobody when Discord does not say: the bot works without. */
async function ownersOf(client: Client<true>, log: BotLog): Promise<string[]> {
  try {
    const { owner } = await client.application.fetch();
    if (owner instanceof Team) return [...owner.members.keys()];
    return owner ? [owner.id] : [];
  } catch (error) {
    log.warn({ error: reasonOf(error) }, 'Discord did not say who runs the bot');
    return [];
  }
}
