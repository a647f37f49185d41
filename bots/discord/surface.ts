import { type REST, Routes } from 'discord.js';
import { Recent } from '../chat/recent.ts';
import type { Place, Surface, View } from '../chat/surface.ts';
import { type IdentityOptions, IdentityWay } from './identity.ts';
import type { Me } from './me.ts';
import { type Kind, surfaceErrorOf } from './problems.ts';
import type { Seal } from './seal.ts';
import { ChannelWay } from './ways/channel.ts';
import { type InteractionToken, InteractionWay } from './ways/interaction.ts';
import { type Way, WayClosed } from './ways/way.ts';

/** Discord's limit for the content of a message. */
const LIMIT = 2000;
/** How many messages are remembered that the bot had to send itself where a persona should have spoken. */
const REMEMBERED = 1000;

export interface SurfaceOptions extends Pick<IdentityOptions, 'mayManage' | 'avatarOf'> {
  rest: REST;
  me: Promise<Me>;
  seal: Seal;
}

/**
 * Discord, as delivery sees it. What `Place.extra` may hold:
 * `locale` of the buttons, `parent` (the channel of a thread), `interaction` (a sealed token: the reply answers a slash
 * command), `identity: 'webhook'` (the persona speaks under its own name).
 */
export class DiscordSurface implements Surface {
  readonly platform = 'discord';
  readonly limit = LIMIT;
  readonly #rest: REST;
  readonly #channel: Way;
  readonly #interaction: InteractionWay;
  readonly #identity: Way;
  readonly #asBot = new Recent<true>(REMEMBERED);

  constructor({ rest, me, seal, mayManage, avatarOf }: SurfaceOptions) {
    this.#rest = rest;
    this.#channel = new ChannelWay(rest, me);
    this.#interaction = new InteractionWay(rest, seal);
    this.#identity = new IdentityWay({ rest, me, ...(mayManage && { mayManage }), ...(avatarOf && { avatarOf }) });
  }

  /** Discord counts characters; UTF-16 units are never fewer. */
  measure(text: string): number {
    return text.length;
  }

  send(place: Place, view: View, nonce: string, signal?: AbortSignal): Promise<string> {
    return this.#through(waysTo(place), 'create', async (way) => {
      const id = await this.#way(way).send(place, view, nonce, signal);
      if (way === 'channel' && place.extra?.identity !== undefined) this.#asBot.set(id, true);
      return id;
    });
  }

  edit(place: Place, message: string, view: View, signal?: AbortSignal): Promise<void> {
    return this.#through(this.#waysOf(place, message), 'change', (way) =>
      this.#way(way).edit(place, message, view, signal),
    );
  }

  async remove(place: Place, message: string): Promise<void> {
    try {
      await this.#through(this.#waysOf(place, message), 'change', (way) => this.#way(way).remove(place, message));
    } catch (error) {
      const { problem } = surfaceErrorOf(error, 'change');
      if (problem !== 'message-gone' && problem !== 'place-gone') throw error;
    }
  }

  find(place: Place, view: View, nonce: string): Promise<string | 'unknown' | undefined> {
    return this.#through(waysTo(place), 'change', (way) => this.#way(way).find(place, view, nonce));
  }

  /** Ends the "thinking" of a slash command that nothing has filled: with a text, or, without one, by taking it away. */
  letGo(token: Omit<InteractionToken, 'until'>, text?: string): Promise<void> {
    return this.#interaction.letGo(token, text);
  }

  async typing(place: Place): Promise<void> {
    // There it shows that the bot is thinking, all by itself.
    if (place.extra?.interaction !== undefined) return;
    await this.#rest.post(Routes.channelTyping(place.channel)).catch((error) => {
      throw surfaceErrorOf(error, 'change');
    });
  }

  #way(name: WayName): Way {
    return { interaction: this.#interaction, identity: this.#identity, channel: this.#channel }[name];
  }

  #waysOf(place: Place, message: string): WayName[] {
    return this.#asBot.get(message) ? ['channel'] : waysTo(place);
  }

  async #through<Value>(ways: WayName[], kind: Kind, use: (way: WayName) => Promise<Value>): Promise<Value> {
    let closed: unknown;
    for (const way of ways) {
      try {
        return await use(way);
      } catch (error) {
        if (!(error instanceof WayClosed)) throw surfaceErrorOf(error, kind);
        closed = error;
      }
    }
    throw surfaceErrorOf(closed, kind);
  }
}

type WayName = 'interaction' | 'identity' | 'channel';

/** Best first; the last one is always open. */
function waysTo({ extra }: Place): WayName[] {
  if (extra?.interaction !== undefined) return ['interaction', 'channel'];
  return extra?.identity === 'webhook' ? ['identity', 'channel'] : ['channel'];
}
