import type { Rules, Taken } from '../../../queue/index.ts';
import type { Refused } from '../access/index.ts';
import type { Say, TextName } from '../texts/index.ts';

const names: Record<Exclude<Taken, 'ok'>['refused'], TextName> = {
  'user-rate': 'tooFast',
  'server-rate': 'serverTooFast',
  'user-quota': 'quotaUsed',
  'server-quota': 'serverQuotaUsed',
  'queue-full': 'queueFull',
};

/** What somebody is told whose message is beyond a limit. */
export function refusalText(say: Say, { refused, retryAfterMs }: Exclude<Taken, 'ok'>): string {
  return say(names[refused], { seconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) });
}

/** What somebody is told whom the rules do not let in. */
export const notAllowedText = (say: Say, refused: Refused): string =>
  say(refused === 'user-not-allowed' ? 'notYou' : 'notHere');

/** What everybody is told while the operator lets nobody in: the operator's words, or ours. */
export const closedText = (say: Say, { draining, maintenance }: Rules): string | undefined =>
  draining ? (maintenance ?? say('closed')) : undefined;

/** Tells each person a refusal at most once in a while: a refusal for each message would be the flood itself. */
export class Told {
  readonly #at = new Map<string, number>();

  /** Whether this is to be told now. @param now - ms */
  once(whom: string, now = performance.now()): boolean {
    const last = this.#at.get(whom);
    if (last !== undefined && now - last < 30_000) return false;
    if (this.#at.size >= 10_000) this.#at.clear();
    this.#at.set(whom, now);
    return true;
  }
}
