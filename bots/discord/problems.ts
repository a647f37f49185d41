import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js';
import { reasonOf } from '../../errors.ts';
import { networkCode, wasNeverSent } from '../chat/network.ts';
import { SurfaceError, type SurfaceProblem } from '../chat/surface.ts';

/** What a request does: a second `create` would be a second message, a second `change` would not. */
export type Kind = 'create' | 'change';

/** Discord's codes by what they mean for a reply. */
const problems: Partial<Record<number, SurfaceProblem>> = {
  10003: 'place-gone', // unknown channel
  10004: 'place-gone', // unknown guild
  10008: 'message-gone', // unknown message
  20009: 'refused', // explicit content
  20031: 'refused', // words that the server forbids
  30046: 'locked', // too many edits of messages older than an hour
  40005: 'refused', // too large
  40094: 'refused', // no more follow-ups of this interaction
  50001: 'place-gone', // missing access
  50005: 'locked', // somebody else's message
  50006: 'refused', // empty message
  50007: 'forbidden', // this user takes no messages
  50008: 'place-gone', // no text channel
  50013: 'forbidden', // missing permissions
  50024: 'place-gone', // not in this kind of channel
  50035: 'refused', // invalid form body
  50083: 'forbidden', // archived thread
  50278: 'forbidden', // no server in common
  200000: 'refused', // blocked by AutoMod
  240000: 'refused', // harmful link
};

/** The shortest wait after a 429 that does not say how long, in ms. */
const SOME_WAIT_MS = 1000;

/**
 * What an error of discord.js means for a reply. The original is not kept as `cause`: the addresses in it hold tokens of webhooks.
 */
export function surfaceErrorOf(error: unknown, kind: Kind): SurfaceError {
  if (error instanceof SurfaceError) return error;
  if (error instanceof RateLimitError) {
    const wait = Math.max(error.retryAfter, error.sublimitTimeout, 0);
    return new SurfaceError('limited', `Discord's limit for ${error.method} is reached`, {
      retryAfterMs: Math.ceil(wait || SOME_WAIT_MS),
    });
  }
  if (error instanceof DiscordAPIError) {
    return new SurfaceError(
      problemOf(error, kind),
      `Discord: ${reasonOf(error)} (${error.code}, HTTP ${error.status})`,
    );
  }
  if (error instanceof HTTPError) {
    return new SurfaceError(ofServerError(kind), `Discord is out of order (HTTP ${error.status})`);
  }
  const code = networkCode(error) ?? nameOf(error);
  if (wasNeverSent(error)) return new SurfaceError('unsent', `Discord cannot be reached (${code})`);
  return new SurfaceError('unknown', `Discord did not answer (${code})`);
}

/** The code of Discord's own error, or undefined when the error is another one. */
export function discordCode(error: unknown): number | undefined {
  return error instanceof DiscordAPIError && typeof error.code === 'number' ? error.code : undefined;
}

function problemOf({ code, status }: DiscordAPIError, kind: Kind): SurfaceProblem {
  const known = problems[Number(code)];
  if (known) return known;
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404) return kind === 'create' ? 'place-gone' : 'message-gone';
  if (status === 408) return 'unknown';
  if (status >= 500) return ofServerError(kind);
  return 'refused';
}

/** A server that breaks down may have done it before. */
const ofServerError = (kind: Kind): SurfaceProblem => (kind === 'create' ? 'unknown' : 'unsent');

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
