import { createHash } from 'node:crypto';
import { type APIAllowedMentions, MessageFlags } from 'discord.js';
import { localeOf } from '../chat/index.ts';
import type { Place, View } from '../chat/surface.ts';
import { type ButtonRow, buttonRows } from './buttons.ts';

/** Nobody is ever notified, whatever a persona writes. */
export const noMentions: APIAllowedMentions = { parse: [], replied_user: false };

/** Discord's limit for a nonce. */
const LONGEST_NONCE = 25;

/** What a message looks like, for sending and editing alike: an edit without `allowed_mentions` would fall back to pings. */
export interface Body {
  content: string;
  allowed_mentions: APIAllowedMentions;
  flags: number;
  components: ButtonRow[];
}

/** A view as Discord takes it. */
export function bodyOf(view: View, place: Place): Body {
  return {
    content: view.text,
    allowed_mentions: noMentions,
    flags: MessageFlags.SuppressEmbeds,
    components: buttonRows(view, localeOf(place.extra?.locale)),
  };
}

/** A nonce as Discord takes it: the same for the same. */
export function nonceOf(nonce: string): string {
  if (nonce.length <= LONGEST_NONCE) return nonce;
  return createHash('sha256').update(nonce).digest('base64url').slice(0, LONGEST_NONCE);
}
