import type { APIMessage } from 'discord.js';
import type { Surface } from '../../chat/surface.ts';

/** One of the ways in which a reply can reach its place. Each throws what discord.js throws. */
export type Way = Pick<Surface, 'send' | 'edit' | 'remove' | 'find'>;

/** This way does not lead there (any more): take the next one. Nothing was sent. */
export class WayClosed extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'WayClosed';
  }
}

/** Only what we look at, and all of it unsure: a message may be of any kind. */
export type Found = Pick<APIMessage, 'id' | 'content' | 'author' | 'components'> &
  Partial<Pick<APIMessage, 'nonce' | 'message_reference' | 'application_id' | 'flags'>>;
