import { MessageFlags, type REST, Routes } from 'discord.js';
import type { Place, View } from '../../chat/surface.ts';
import { bodyOf } from '../body.ts';
import { discordCode } from '../problems.ts';
import type { Seal } from '../seal.ts';
import { type Found, type Way, WayClosed } from './way.ts';

/** What a slash command leaves behind: the right to answer it for a quarter of an hour. */
export interface InteractionToken {
  application: string;
  token: string;
  /** When it ends, in ms since 1970. */
  until: number;
}

/** Discord gives 15 minutes; what begins later than this would not arrive in time. */
export const TOKEN_MS = 15 * 60_000 - 20_000;

const UNKNOWN_MESSAGE = 10008;
/** Unknown webhook, unknown interaction, invalid webhook token. */
const ended = new Set([10015, 10062, 50027]);

/** The part of a `Place.extra` that lets a reply answer an interaction. The token is sealed: the place lies in Redis. */
export function sealToken(seal: Seal, token: InteractionToken, channel: string): { interaction: string } {
  return { interaction: seal.close(JSON.stringify(token), channel) };
}

/** The token in a place, as long as it lives. */
export function tokenIn(seal: Seal, place: Place, now = Date.now()): InteractionToken | undefined {
  const sealed = place.extra?.interaction;
  const text = sealed === undefined ? undefined : seal.open(sealed, place.channel);
  if (text === undefined) return undefined;
  const token = JSON.parse(text) as InteractionToken;
  return now < token.until ? token : undefined;
}

/** As the answer to a slash command: the first message fills its "thinking", more follow it. */
export class InteractionWay implements Way {
  readonly #rest: REST;
  readonly #seal: Seal;
  /** Whoever last began to look at the "thinking" of a token and to change it. */
  readonly #looking = new Map<string, Promise<unknown>>();

  constructor(rest: REST, seal: Seal) {
    this.#rest = rest;
    this.#seal = seal;
  }

  send(place: Place, view: View, _nonce: string, signal?: AbortSignal): Promise<string> {
    return this.#with(place, async ({ application, token }) => {
      const body = bodyOf(view, place);
      const options = { body, auth: false, ...(signal && { signal }) };
      const sent = await this.#alone(token, async () =>
        isThinking(await this.#original(application, token))
          ? this.#rest.patch(Routes.webhookMessage(application, token, '@original'), options)
          : this.#rest.post(Routes.webhook(application, token), {
              ...options,
              query: new URLSearchParams({ wait: 'true' }),
            }),
      );
      return (sent as Found).id;
    });
  }

  /** Ends a "thinking" that nothing has filled yet: it becomes `text`, or, without one, goes. */
  letGo({ application, token }: Omit<InteractionToken, 'until'>, text?: string): Promise<void> {
    return this.#alone(token, async () => {
      if (!isThinking(await this.#original(application, token))) return;
      const route = Routes.webhookMessage(application, token, '@original');
      if (text === undefined) await this.#rest.delete(route, { auth: false });
      else await this.#rest.patch(route, { body: { content: text }, auth: false });
    });
  }

  async edit(place: Place, message: string, view: View, signal?: AbortSignal): Promise<void> {
    await this.#with(place, ({ application, token }) =>
      this.#rest.patch(Routes.webhookMessage(application, token, message), {
        body: bodyOf(view, place),
        auth: false,
        ...(signal && { signal }),
      }),
    );
  }

  async remove(place: Place, message: string): Promise<void> {
    await this.#with(place, ({ application, token }) =>
      this.#rest.delete(Routes.webhookMessage(application, token, message), { auth: false }),
    );
  }

  find(place: Place, view: View): Promise<string | 'unknown' | undefined> {
    return this.#with(place, async ({ application, token }) => {
      const original = await this.#original(application, token);
      // Nothing can follow before the first has arrived.
      if (isThinking(original)) return undefined;
      if (original?.content === view.text.trim()) return original.id;
      throw new WayClosed('it may be one that follows; the channel knows');
    });
  }

  /** One after the other for each token: what comes between another's look and its change would be lost. */
  async #alone<Value>(token: string, use: () => Promise<Value>): Promise<Value> {
    const before = this.#looking.get(token);
    const own = (before?.catch(() => {}) ?? Promise.resolve()).then(use);
    this.#looking.set(token, own);
    try {
      return await own;
    } finally {
      if (this.#looking.get(token) === own) this.#looking.delete(token);
    }
  }

  async #original(application: string, token: string): Promise<Found | undefined> {
    try {
      return (await this.#rest.get(Routes.webhookMessage(application, token, '@original'), { auth: false })) as Found;
    } catch (error) {
      if (discordCode(error) === UNKNOWN_MESSAGE) return undefined;
      throw error;
    }
  }

  async #with<Value>(place: Place, use: (token: InteractionToken) => Promise<Value>): Promise<Value> {
    const token = tokenIn(this.#seal, place);
    if (!token) throw new WayClosed('the interaction is over');
    try {
      return await use(token);
    } catch (error) {
      if (ended.has(discordCode(error) ?? 0)) throw new WayClosed('the interaction is over');
      throw error;
    }
  }
}

const isThinking = (message: Found | undefined) => ((message?.flags ?? 0) & MessageFlags.Loading) !== 0;
