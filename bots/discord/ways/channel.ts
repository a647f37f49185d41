import { type REST, Routes } from 'discord.js';
import { type Place, SurfaceError, type View } from '../../chat/surface.ts';
import { bodyOf, nonceOf } from '../body.ts';
import { readButtonId } from '../buttons.ts';
import type { Me } from '../me.ts';
import { discordCode, surfaceErrorOf } from '../problems.ts';
import type { Found, Way } from './way.ts';

const PAGE = 100;
/** How far back a lost message is looked for, in pages. */
const PAGES = 3;
/** A reply needs the permission to read the history; a plain message does not. */
const CANNOT_REPLY = 160002;

/** As the bot's own message. */
export class ChannelWay implements Way {
  readonly #rest: REST;
  readonly #me: Promise<Me>;

  constructor(rest: REST, me: Promise<Me>) {
    this.#rest = rest;
    this.#me = me;
  }

  async send(place: Place, view: View, nonce: string, signal?: AbortSignal): Promise<string> {
    const body = { ...bodyOf(view, place), nonce: nonceOf(nonce), enforce_nonce: true };
    const post = async (more: object) => {
      const options = { body: { ...body, ...more }, ...(signal && { signal }) };
      return ((await this.#rest.post(Routes.channelMessages(place.channel), options)) as { id: string }).id;
    };
    if (place.replyTo === undefined) return post({});
    try {
      // Without this the whole message would be refused when the question was deleted.
      return await post({ message_reference: { message_id: place.replyTo, fail_if_not_exists: false } });
    } catch (error) {
      if (discordCode(error) !== CANNOT_REPLY) throw error;
      return post({});
    }
  }

  async edit(place: Place, message: string, view: View, signal?: AbortSignal): Promise<void> {
    await this.#rest.patch(Routes.channelMessage(place.channel, message), {
      body: bodyOf(view, place),
      ...(signal && { signal }),
    });
  }

  async remove(place: Place, message: string): Promise<void> {
    await this.#rest.delete(Routes.channelMessage(place.channel, message));
  }

  async find(place: Place, view: View, nonce: string): Promise<string | 'unknown' | undefined> {
    const me = await this.#me;
    let before: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      let messages: Found[];
      try {
        messages = await this.#page(place.channel, before);
      } catch (error) {
        const problem = surfaceErrorOf(error, 'change');
        if (problem.problem === 'forbidden' || problem.problem === 'place-gone') return 'unknown';
        throw problem;
      }
      // Where the bot may not read the history, Discord shows an empty one.
      if (page === 0 && messages.length === 0 && place.replyTo !== undefined) return 'unknown';
      const found = messages.find((message) => isIt(message, { me, place, view, nonce }));
      if (found) return found.id;
      const oldest = messages.at(-1)?.id;
      if (messages.length < PAGE || oldest === undefined) return undefined;
      if (place.replyTo !== undefined && isOlder(oldest, place.replyTo)) return undefined;
      before = oldest;
    }
    return 'unknown';
  }

  async #page(channel: string, before: string | undefined): Promise<Found[]> {
    const query = new URLSearchParams({ limit: String(PAGE), ...(before !== undefined && { before }) });
    const messages = await this.#rest.get(Routes.channelMessages(channel), { query });
    if (!Array.isArray(messages)) throw new SurfaceError('unknown', 'Discord gave no list of messages');
    return messages;
  }
}

/** Whether a message of the channel is the one that was to be sent. */
export function isIt(message: Found, wanted: { me: Me; place: Place; view: View; nonce: string }): boolean {
  const { me, place, view, nonce } = wanted;
  if (message.author?.id !== me.id && message.application_id !== me.application) return false;
  if (message.nonce !== undefined) return String(message.nonce) === nonceOf(nonce);
  if (message.content !== view.text.trim()) return false;
  const answers = message.message_reference?.message_id;
  if (answers !== undefined && place.replyTo !== undefined && answers !== place.replyTo) return false;
  return view.buttons.length === 0 || jobsOf(message).includes(view.jobId);
}

function jobsOf({ components }: Found): string[] {
  const parts = (components ?? []).flatMap((row): readonly object[] => ('components' in row ? row.components : []));
  return parts.flatMap((part) => {
    const id = 'custom_id' in part && typeof part.custom_id === 'string' ? part.custom_id : '';
    return readButtonId(id)?.jobId ?? [];
  });
}

/** Discord's ids grow with time. */
const isOlder = (id: string, than: string) => id.length < than.length || (id.length === than.length && id < than);
