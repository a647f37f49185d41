import { type REST, Routes } from 'discord.js';
import { Recent } from '../chat/recent.ts';
import type { Place, View } from '../chat/surface.ts';
import { bodyOf } from './body.ts';
import type { Me } from './me.ts';
import { discordCode } from './problems.ts';
import { type Way, WayClosed } from './ways/way.ts';

const WEBHOOK_NAME = 'Wisecrack';
/** How many channels' webhooks are remembered. */
const REMEMBERED = 1000;
/** How long a channel without a webhook is left alone, in ms. */
const LEAVE_ALONE_MS = 10 * 60_000;
const LONGEST_NAME = 80;

const UNKNOWN_MESSAGE = 10008;
const UNKNOWN_WEBHOOK = 10015;
const INVALID_WEBHOOK_TOKEN = 50027;

interface Webhook {
  id: string;
  token: string;
}

export interface IdentityOptions {
  rest: REST;
  me: Promise<Me>;
  /** Whether the bot may manage the webhooks of a channel; undefined when nobody knows. Default: nobody does. */
  mayManage?: (channel: string) => boolean | undefined;
  /** The address of a persona's picture, by its name. Default: none has one. */
  avatarOf?: (persona: string) => string | undefined;
}

/** A persona's name as Discord takes it from a webhook; undefined when it never would. */
export function webhookName(persona: string): string | undefined {
  const name = persona.replace(/[\s\p{C}]+/gu, ' ').trim();
  if (name === '' || /discord|clyde/i.test(name) || /^(everyone|here)$/i.test(name)) return undefined;
  return [...name].slice(0, LONGEST_NAME / 2).join('');
}

/**
 * As the persona, by a webhook of the channel. Where the bot may not have one, or somebody deleted it, the bot speaks itself.
 * Such a message cannot be a reply, and cannot be told apart by its nonce.
 */
export class IdentityWay implements Way {
  readonly #options: IdentityOptions;
  readonly #webhooks = new Recent<Promise<Webhook | undefined>>(REMEMBERED);

  constructor(options: IdentityOptions) {
    this.#options = options;
  }

  async send(place: Place, view: View, _nonce: string, signal?: AbortSignal): Promise<string> {
    const username = view.persona === undefined ? undefined : webhookName(view.persona);
    if (view.persona === undefined || username === undefined) throw new WayClosed('no name to speak under');
    const avatar = this.#options.avatarOf?.(view.persona);
    const sent = await this.#with(place, ({ id, token }) =>
      this.#options.rest.post(Routes.webhook(id, token), {
        body: { ...bodyOf(view, place), username, ...(avatar && { avatar_url: avatar }) },
        query: queryOf(place, { wait: 'true' }),
        auth: false,
        ...(signal && { signal }),
      }),
    );
    return (sent as { id: string }).id;
  }

  async edit(place: Place, message: string, view: View, signal?: AbortSignal): Promise<void> {
    await this.#mine(place, ({ id, token }) =>
      this.#options.rest.patch(Routes.webhookMessage(id, token, message), {
        body: bodyOf(view, place),
        query: queryOf(place),
        auth: false,
        ...(signal && { signal }),
      }),
    );
  }

  async remove(place: Place, message: string): Promise<void> {
    await this.#mine(place, ({ id, token }) =>
      this.#options.rest.delete(Routes.webhookMessage(id, token, message), { query: queryOf(place), auth: false }),
    );
  }

  async find(): Promise<never> {
    throw new WayClosed('the channel knows all messages');
  }

  /** A message that the webhook does not know may be one that the bot sent itself. */
  async #mine(place: Place, use: (webhook: Webhook) => Promise<unknown>): Promise<void> {
    try {
      await this.#with(place, use);
    } catch (error) {
      if (discordCode(error) === UNKNOWN_MESSAGE) throw new WayClosed('not a message of the webhook');
      throw error;
    }
  }

  /** Uses the channel's webhook; one that was deleted is made again, once. */
  async #with<Value>(place: Place, use: (webhook: Webhook) => Promise<Value>): Promise<Value> {
    // A thread has no webhooks; its channel has.
    const channel = place.extra?.parent ?? place.channel;
    for (let attempt = 0; attempt < 2; attempt++) {
      const webhook = await this.#webhookOf(channel);
      if (!webhook) break;
      try {
        return await use(webhook);
      } catch (error) {
        const code = discordCode(error);
        if (code !== UNKNOWN_WEBHOOK && code !== INVALID_WEBHOOK_TOKEN) throw error;
        this.#webhooks.delete(channel);
      }
    }
    throw new WayClosed('no webhook');
  }

  #webhookOf(channel: string): Promise<Webhook | undefined> {
    const known = this.#webhooks.get(channel);
    if (known) return known;
    if (this.#options.mayManage?.(channel) === false) return Promise.resolve(undefined);
    const found = this.#findOrMake(channel);
    this.#webhooks.set(channel, found);
    found.then(
      (webhook) => {
        if (!webhook) setTimeout(() => this.#webhooks.delete(channel), LEAVE_ALONE_MS).unref();
      },
      () => this.#webhooks.delete(channel),
    );
    return found;
  }

  async #findOrMake(channel: string): Promise<Webhook | undefined> {
    const { rest, me } = this.#options;
    const { application } = await me;
    try {
      const all = (await rest.get(Routes.channelWebhooks(channel))) as (Partial<Webhook> & {
        name: string | null;
        application_id: string | null;
      })[];
      const ours = all.find(({ application_id, token }) => application_id === application && token !== undefined);
      const webhook = ours ?? (await rest.post(Routes.channelWebhooks(channel), { body: { name: WEBHOOK_NAME } }));
      const { id, token } = webhook as Webhook;
      return { id, token };
    } catch (error) {
      // Not allowed, too many of them, no such channel: it will not be better in a moment.
      if (discordCode(error) !== undefined) return undefined;
      throw error;
    }
  }
}

function queryOf({ channel, extra }: Place, more: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({ ...more, ...(extra?.parent !== undefined && { thread_id: channel }) });
}
